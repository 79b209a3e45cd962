"""How things look in a Telegram chat.

In come answers, passages, previews, lists and a person's language; out goes an `Outgoing`: valid HTML in parts that
Telegram takes, with rows of buttons. Nothing is sent here.
"""
