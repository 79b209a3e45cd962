"""The arguments of one call of the Bot API."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.end_to_end.server.errors import bad, refuse


class Params(dict[str, Any]):
    """Text values, as they come from a form, a query string or JSON."""

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; anything else counts as not given."""
        value = str(self.get(name) or "").strip()
        return int(value) if re.fullmatch(r"-?\d+", value) else default

    def flag(self, name: str) -> bool:
        """A boolean."""
        return str(self.get(name, "")).lower() in ("true", "1", "yes")

    def parsed(self, name: str, kind: type, what: str) -> Any:
        """An object or array, given as such or as JSON."""
        value = self.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value) if value else None
            except ValueError:
                raise bad(f"can't parse {what} JSON object") from None
        refuse(value is not None and not isinstance(value, kind), f"object expected as {what}")
        return value
