"""What the bot remembers across restarts: one SQLite file, `data_dir/state.db`.

In: questions, votes, settings of chats, updates in work, each as a small statement on the event loop.
Out: the same as frozen dataclasses; trouble with the file as sqlite3.Error or StateUnavailable, and incidents to tell.
"""
