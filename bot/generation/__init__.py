"""Answers written by a language model, and held to the passages that they were written from.

The way of the data: `stream` makes lines of what a model sends, `citations` reads the marks in them, `verification`
holds every sentence to the passages, and `whole_answer` decides whether what is left is an answer. A sentence and a
source are read by `quantities`, `names` and `polarity` (what is stated, named and denied), compared by `support` and
`checks`. All of these are functions of their arguments: no clock, no network, no model.
"""
