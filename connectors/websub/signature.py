"""Verification of a push's signature (WebSub, 7.1 and 8). Pure."""

from __future__ import annotations

import hmac

METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
"""All methods of the specification. SHA-1 is unbroken as an HMAC, and many hubs offer no other."""


def is_authentic(header: str, secret: str, body: bytes) -> bool:
    """Whether ``X-Hub-Signature`` (``METHOD=HEX``) is the HMAC of the body with the secret."""
    method, _, given = header.strip().partition("=")
    if method.lower() not in METHODS:
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), given.lower().encode("utf-8", "replace"))
