"""What the bot does with each kind of update: a class a subject, a method an update.

In come updates that the routes have chosen, with what their button carries; out go replies by `transport`, rendered by
`rendering`. What is decided about questions and articles is decided below: handlers only translate.
"""
