"""Text, dates, names and URLs from feeds and pages: clean, normalise, compare. Pure."""
