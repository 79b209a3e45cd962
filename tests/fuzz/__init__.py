"""Hostile bytes into whatever reads what strangers write: `make fuzz MINUTES=10`, or `python -m tests.fuzz --help`."""
