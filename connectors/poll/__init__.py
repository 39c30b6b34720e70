"""Polling: due feeds fetched and parsed, their entries handled, their state updated."""
