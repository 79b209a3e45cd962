"""How good the answers are, in figures.

In: question sets with their gold articles and phrases, and what the bot replied.
Out: reports, their differences beyond chance, plots, a calibration of refusal.
"""
