"""One small module for everything that is fuzzed."""
