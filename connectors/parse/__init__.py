"""Pure: a feed's bytes to its entries, whatever format they are in."""

from connectors.parse.feed import MAX_ENTRIES, gathered, parse_feed
from connectors.parse.parsed import Entry, NotAFeed, ParsedFeed, Sitemap

__all__ = ["MAX_ENTRIES", "Entry", "NotAFeed", "ParsedFeed", "Sitemap", "gathered", "parse_feed"]
