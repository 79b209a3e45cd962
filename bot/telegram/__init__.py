"""The Telegram bot: everything that knows python-telegram-bot, and nothing else does.

In come updates, by long polling or a webhook; out go messages, edits and menus. `application` puts the parts together,
`routes` and `commands` say which handler gets what, `process` runs it.
"""
