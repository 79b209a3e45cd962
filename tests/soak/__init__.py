"""Long runs of the real bot: what only shows after hours or hundreds of mishaps."""
