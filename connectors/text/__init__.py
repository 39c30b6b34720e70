"""Text, dates, names and URLs from outside: cleaned, normalised, compared. Pure."""
