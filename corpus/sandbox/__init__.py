"""Untrusted files parsed in a child process with limits, so that none can stop, slow down or exhaust the bot.

In come the paths of files: one after the other for an index, or a single one that somebody has just sent.
Out go articles or an inspection, as `corpus.parsing` would give them, or why there is none.
"""
