"""Article files to passages: everything that happens to text before it is searched.

In come files, whoever wrote them and in whatever format; the vocabulary of the trade comes with the package.
Out go frozen articles, passages and windows (`corpus.model`), and each file that gave none with the reason.
"""
