"""Articles that come in through the chat: from a file or a page to a draft, and from there into the article store.

In: a file's bytes or an address from an operator, a suggestion from anybody.
Out: a draft with its preview; files in the directory of articles that the next reindex reads, and a record of each.
"""
