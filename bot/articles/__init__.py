"""Articles that come in through the chat: from a file or a page to a draft, and from there onto the shelf."""
