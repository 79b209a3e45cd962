"""Files to articles: finding them, telling their format and encoding, and keeping what an author wrote.

In come the corpus roots, or the bytes of one file with the suffix that names its format.
Out go articles with metadata and sections, boilerplate removed, or `UnreadableFile` with a reason for people.
"""
