"""Passages to a generation: a complete, immutable index on disk.

In: articles from `corpus` and encoders.
Out: a `Generation` to search, of which the store serves one and keeps some earlier ones.
"""
