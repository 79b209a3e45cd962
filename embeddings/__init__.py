"""Passages to vectors, keywords and an index; questions to ranked passages and a confidence.

In: articles from `corpus`, a model, a question.
Out: generations on disk, and for a question the passages that may answer it.
"""
