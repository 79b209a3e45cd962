"""What answering may depend on beyond this process: servers that come and go."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class RemoteEngine(Protocol):
    """A part that is a server somewhere else. While it fails, whoever asks is told so (`EngineUnavailable`)."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def trouble(self) -> str | None:
        """What is wrong with it and what to do, None where nothing is, as far as is known."""
        ...

    def attend(self) -> None:
        """Where it is in trouble, try whether that is over; takes as long as a question may. Never raises."""
        ...
