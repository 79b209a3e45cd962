"""What operators hear when the serving generation is damaged and an earlier one answers."""

from __future__ import annotations

from telegram import Bot

from bot.handlers.operators import tell
from bot.locales import texts
from bot.rendering.telegram import line
from bot.service import Service


async def tell_damage(service: Service, bot: Bot) -> None:
    """Write to every operator in private; nothing where all is well."""
    if (damage := service.damage) is None:
        return
    # Nobody has written, so nobody's language is known.
    words = texts(None)
    text = words("index_damaged", generation=damage.generation, what=damage.what, instead=damage.instead)
    for operator in service.settings.telegram.admins:
        await tell(bot, operator, line(text))
