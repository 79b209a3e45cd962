"""Keeps the index up to date while the bot answers.

In: an operator's command, or article files that have changed.
Out: a new serving generation, with progress meanwhile; never two reindexes at once.
"""
