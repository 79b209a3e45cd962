"""What a bot that is left alone goes through: `python -m tests.soak`, or `make soak`."""
