"""What the bot remembers across restarts: one SQLite file, `data_dir/state.db`."""
