"""The errors that the Bot API answers, with Telegram's own texts."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PREFIX = {400: "Bad Request: ", 403: "Forbidden: ", 404: "Not Found: ", 409: "Conflict: ", 429: "Too Many Requests: "}


class ApiError(Exception):
    """A refused call: code, description and parameters as they go over the wire."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = PREFIX.get(code, "") + description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    """A 400, to be raised."""
    return ApiError(400, description)


def refuse(wrong: Any, description: str | None, code: int = 400, **parameters: int) -> None:
    """Raise the error when `wrong` is true."""
    if wrong:
        raise ApiError(code, description or "", **parameters)
