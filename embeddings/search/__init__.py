"""A question to ranked passages of one generation.

In: a question as typed, the generation, the encoders that made it.
Out: passages, best first, with what each leg gave, and the signals from which refusal is decided.
"""
