"""The only outgoing HTTP: guarded, capped, polite, and each failure one of a closed set."""

from connectors.fetch.fetcher import Fetcher
from connectors.fetch.response import (
    Deferred,
    FetchFailed,
    Redirect,
    Response,
    Validators,
)

__all__ = [
    "Deferred",
    "FetchFailed",
    "Fetcher",
    "Redirect",
    "Response",
    "Validators",
]
