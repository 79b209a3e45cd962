"""The models that turn texts into unit vectors.

In: the name of a model, and texts.
Out: an `Encoder` with an identity, by which vectors of different models are never mixed.
"""
