"""What operators want said to a question, before anything that the articles say.

In: a question, and the curated answers in `state.db`, each with its phrasings.
Out: the curated answer to a question that asks the same, as an `Answer`; or none.
"""
