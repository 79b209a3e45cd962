"""Question and text read together: how likely a text answers a question.

In: a question and candidate texts.
Out: for each text the log-odds that it answers.
"""
