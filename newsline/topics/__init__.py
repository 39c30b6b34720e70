"""The three topics: created, checked, read."""
