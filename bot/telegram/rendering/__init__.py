"""Answers to what a person reads: plain text, JSON, a terminal, Telegram."""
