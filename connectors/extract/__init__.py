"""Page extraction: an article's text and metadata from HTML. Pure."""

from connectors.extract.page_content import (
    NoText,
    NotHtml,
    PageContent,
    extract_feed_text,
    extract_page,
)

__all__ = ["NoText", "NotHtml", "PageContent", "extract_feed_text", "extract_page"]
