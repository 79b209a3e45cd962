"""Where a text tells how to reach somebody: addresses, telephone numbers, handles, groups, invitation codes."""

from __future__ import annotations


def has_contact(text: str) -> bool:
    """Whether a text holds an address, a telephone number, a handle, a number of a group or a bot's command."""
    raise NotImplementedError


def masked(text: str) -> str:
    """A text in which `…` stands for the numbers and names of such contacts: what may be sent to a third party."""
    raise NotImplementedError
