"""Whether the corpus answers a question at all.

In: the signals of a search, and the form of the question.
Out: a calibrated confidence, and from it: answered, unsure or refused.
"""
