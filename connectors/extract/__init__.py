"""Pure: a page's bytes to its article, text and metadata."""

from connectors.extract.page import Extracted, NoText, NotHtml, extract, extract_fragment

__all__ = ["Extracted", "NoText", "NotHtml", "extract", "extract_fragment"]
