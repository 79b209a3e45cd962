"""Questions to cited answers, in a terminal and in Telegram."""
