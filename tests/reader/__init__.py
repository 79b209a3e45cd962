"""How the trained reader comes about: its data, its training, its judging. `python -m tests.reader --help`."""
