"""The signature of what a hub pushes (WebSub, 7.1 and 8). Pure."""

from __future__ import annotations

import hmac

METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
"""All that the specification knows; sha1 as an HMAC is unbroken, and the only one of many hubs."""


def is_authentic(header: str, secret: str, body: bytes) -> bool:
    """Whether ``X-Hub-Signature`` (``METHOD=HEX``) is the secret's over the body."""
    method, _, given = header.strip().partition("=")
    if method.lower() not in METHODS:
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), given.lower().encode("utf-8", "replace"))
