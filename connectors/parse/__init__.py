"""Feed parsing: RSS, RDF, Atom, JSON Feed and sitemaps to entries. Pure."""

from connectors.parse.entry import Entry
from connectors.parse.feed import MAX_ENTRIES, merge_sitemaps, parse_feed
from connectors.parse.parsed_feed import FeedBody, NotAFeed, ParsedFeed, Sitemap

__all__ = [
    "MAX_ENTRIES",
    "Entry",
    "FeedBody",
    "NotAFeed",
    "ParsedFeed",
    "Sitemap",
    "merge_sitemaps",
    "parse_feed",
]
