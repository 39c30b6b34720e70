"""Pure: a feed's bytes to its entries, whatever format they are in."""

from connectors.parse.feed import MAX_ENTRIES, parse_feed
from connectors.parse.parsed import Entry, NotAFeed, ParsedFeed

__all__ = ["MAX_ENTRIES", "Entry", "NotAFeed", "ParsedFeed", "parse_feed"]
