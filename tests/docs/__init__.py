"""The documents: what is generated in them, and whether the rest is still true."""
