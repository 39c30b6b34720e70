"""Article ids. Pure."""

from __future__ import annotations

from hashlib import blake2b


def article_id(canonical_url: str) -> str:
    """32 hex digits: a hash of the canonical URL."""
    return blake2b(canonical_url.encode("utf-8", "replace"), digest_size=16).hexdigest()
