"""What operators hear of damage: to the index, and to the file that keeps what cannot be rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot

from bot.answering.service import Service
from bot.locales import Texts, texts
from bot.state.self_healing import Incident, StateEvent
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.handlers.operator_notices import tell_all, trouble_news
from bot.telegram.rendering.answers import line


async def tell_damage(service: Service, bot: Bot) -> None:
    """Write to every operator in private; nothing where all is well."""
    # Nobody has written, so nobody's language is known.
    words = texts(None)
    news = [words("calibration_damaged")] if service.calibration_damaged else []
    if (damage := service.damage) is not None:
        news.append(words("index_damaged", generation=damage.generation, what=damage.what, instead=damage.instead))
    for text in news:
        await tell_all(bot, service.settings.telegram.admins, line(text))


def state_news(bot: Bot, operators: Sequence[int]) -> NoticeBatches[Incident]:
    """Tells every operator in private what has befallen the file; of trouble that comes and goes only the last."""
    words = texts(None)

    def text(incidents: tuple[Incident, ...]) -> str:
        passing = [incident for incident in incidents if incident.what in (StateEvent.UNWRITABLE, StateEvent.WELL)]
        worth = [incident for incident in incidents if incident not in passing[:-1]]
        return "\n".join(incident_text(incident, words) for incident in worth)

    return trouble_news(bot, operators, text)


def incident_text(incident: Incident, words: Texts) -> str:
    """One incident in words."""
    if incident.what is StateEvent.UNWRITABLE:
        return words(f"state_{incident.trouble}", reason=incident.reason)
    if incident.what is not StateEvent.REPLACED or incident.salvage is None:
        return words(f"state_{incident.what}", aside=incident.aside)
    rows, extent = incident.salvage.rows, "whole" if incident.salvage.whole else "part"
    first = words("state_replaced", reason=incident.reason, rows=rows, aside=incident.aside)
    return "\n".join((first, words(f"state_replaced_{extent}")))
