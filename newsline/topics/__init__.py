"""The three topics: create them, check their settings, read them."""
