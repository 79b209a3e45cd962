"""One question to one answer, for any surface.

In: what a person typed, their earlier questions, the serving generation, curated answers and the configuration.
Out: an `Answer` with quotes and citations; a terminal and Telegram only show it.
"""
