"""Passages to vectors, keywords and an index; questions to ranked passages and a confidence."""
