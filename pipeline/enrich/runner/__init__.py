"""Enrichers loaded, run in turn within their deadlines, and counted."""
