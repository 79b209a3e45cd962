"""Who may use the bot, and how much: allowlist, rate limiters, debounce, questions that come too late.

In come updates, before or while they are handled; out goes whether to go on, and where that is due one notice why not.
"""
