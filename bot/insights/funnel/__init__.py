"""The merchant's own numbers: how many come through each step, what one costs, what an improvement is worth.

In: what somebody typed, pasted or sent as a table. Out: a funnel with every formula, a plan, a comparison, a picture.
Definitions are those of `corpus/figures.yaml` and of the funnel articles. Nothing is compared with other people's
rates.
"""
