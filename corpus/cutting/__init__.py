"""Articles to passages of about 350 characters and to windows of two sentences.

In comes one article; neither a file nor a model is needed, and the same article always gives the same passages.
Out go passages, which are ranked and cited, with the spans of their sentences, and windows, which are searched.
"""
