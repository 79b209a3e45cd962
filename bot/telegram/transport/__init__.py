"""How updates come in and messages go out without loss or repetition.

In come updates (queued, journaled, ordered by chat) and `Outgoing` messages; out go calls of the Bot API within its
rate limits, and for the journal what became of each: confirmed, refused or unknown.
"""
