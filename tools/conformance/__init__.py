"""Compare the parsers of feeds with gofeed, an independent one, on feeds made by mutation."""
