"""What operators learn from the questions that were asked.

In: the question log and the votes of some days.
Out: gaps (what the articles do not answer), statistics, as a picture and a file for spreadsheets as well.
"""
