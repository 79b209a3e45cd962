"""Retrieved passages to a cited answer."""
