"""Pure: a page's bytes to its article, text and metadata."""

from connectors.extract.page import NoText, NotHtml, PageContent, extract_feed_text, extract_page

__all__ = ["NoText", "NotHtml", "PageContent", "extract_feed_text", "extract_page"]
