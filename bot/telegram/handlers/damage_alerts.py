"""What operators hear of damage: to the index, and to the file that keeps what cannot be rebuilt."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot

from bot.answering.service import Service
from bot.locales import Texts, texts
from bot.state.self_healing import Incident, StateEvent
from bot.telegram.handlers.index_commands import tell
from bot.telegram.handlers.notice_batches import NoticeBatches
from bot.telegram.rendering.answers import line

_EVERY = 600.0  # seconds between two messages, should the trouble come and go


async def tell_damage(service: Service, bot: Bot) -> None:
    """Write to every operator in private; nothing where all is well."""
    # Nobody has written, so nobody's language is known.
    words = texts(None)
    news = [words("calibration_damaged")] if service.calibration_damaged else []
    if (damage := service.damage) is not None:
        news.append(words("index_damaged", generation=damage.generation, what=damage.what, instead=damage.instead))
    for operator in service.settings.telegram.admins:
        for text in news:
            await tell(bot, operator, line(text))


def state_news(bot: Bot, operators: Sequence[int]) -> NoticeBatches[Incident]:
    """Tells every operator in private what has befallen the file; of trouble that comes and goes only the last."""
    words = texts(None)

    async def send(incidents: tuple[Incident, ...]) -> None:
        passing = [incident for incident in incidents if incident.what in (StateEvent.UNWRITABLE, StateEvent.WELL)]
        worth = [incident for incident in incidents if incident not in passing[:-1]]
        for operator in operators:
            await tell(bot, operator, line("\n".join(incident_text(incident, words) for incident in worth)))

    return NoticeBatches(send, every=_EVERY)


def incident_text(incident: Incident, words: Texts) -> str:
    """One incident in words."""
    if incident.what is StateEvent.UNWRITABLE:
        return words(f"state_{incident.trouble}", reason=incident.reason)
    if incident.what is not StateEvent.REPLACED or incident.salvage is None:
        return words(f"state_{incident.what}", aside=incident.aside)
    rows, extent = incident.salvage.rows, "whole" if incident.salvage.whole else "part"
    first = words("state_replaced", reason=incident.reason, rows=rows, aside=incident.aside)
    return "\n".join((first, words(f"state_replaced_{extent}")))
