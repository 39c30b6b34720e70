"""Publishing to news.raw, each revision once."""
