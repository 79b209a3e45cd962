"""A lint of the data that is shipped: the starter articles and the glossary.

Files come in, a list of findings goes out, each with its file, its line where one is to blame, what is wrong and what
to do. `python -m tests.corpus.lint` prints them. These are rules of the shipped texts, not of an operator's.
"""
