"""Long runs of the real bot that look for what a short test cannot meet; `make soak` runs them all."""
