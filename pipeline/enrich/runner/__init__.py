"""Enrichers: loaded, run in order within their deadlines, and counted."""
