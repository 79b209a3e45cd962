"""The bot at a terminal: one answer, a conversation, an evaluation.

In: lines that somebody types, or question sets.
Out: coloured text for people, JSON for programs, reports.
"""
