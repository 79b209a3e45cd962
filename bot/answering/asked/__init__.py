"""What a question asks (of which subject, which kind of thing) and whether a piece of text holds that.

In: a question as it is searched, and texts with their headings and title.
Out: `Asked`, and for each text a `Fit`: is it about the same platform and product, does it hold an amount, a duration,
a yes or no, a reason, steps or whatever else is asked for. Pure text work, microseconds a text.
"""
