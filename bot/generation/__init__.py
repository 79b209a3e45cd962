"""Answers written by a language model, and held to the passages that they were written from.

The way of the data: `stream` makes lines of what a model sends, `citations` reads the marks in them, `quantities` what a
text states in figures, `verification` holds every sentence to the passages, and `whole_answer` decides whether what is
left is an answer. All of these are functions of their arguments: no clock, no network, no model.
"""
