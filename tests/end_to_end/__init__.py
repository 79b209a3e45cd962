"""The real bot process against a local Bot API server."""
