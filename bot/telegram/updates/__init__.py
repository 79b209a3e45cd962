"""What updates and commands say, before anybody acts on them.

In come updates, texts and callback data, all of them anybody's; out go the question asked, the surface, typed values of
buttons, and what a command is.
"""
