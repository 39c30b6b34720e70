"""All outgoing HTTP: address guard, size limits, politeness; each failure has an outcome."""

from connectors.fetch.fetcher import Fetcher
from connectors.fetch.response import (
    Deferred,
    FetchFailed,
    Inconclusive,
    Redirect,
    Response,
    Validators,
)

__all__ = [
    "Deferred",
    "FetchFailed",
    "Fetcher",
    "Inconclusive",
    "Redirect",
    "Response",
    "Validators",
]
