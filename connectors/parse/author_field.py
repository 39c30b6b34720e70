"""Names in a feed's author field, which holds mail addresses in several forms. Pure."""

from __future__ import annotations

import re

_MAIL = re.compile(
    r"""[<(\[]?\s*(?:mailto:\s*)?[^\s@<>()\[\],;:"]{1,64}@[^\s@<>()\[\],;:"]{1,253}\s*[>)\]]?""",
    re.IGNORECASE,
)
_ALONE_IN_BRACKETS = re.compile(r"(?:^|(?<=[,;]))\s*[(\[]([^()\[\]]*)[)\]]")


def names_in(field: str) -> str:
    """The names in ``mail (Name)``, ``Name <mail>``, ``Name (mailto:mail)`` and lists of these;
    empty for an address alone."""
    if "@" not in field:
        return field
    unbracketed = _ALONE_IN_BRACKETS.sub(r"\1", _MAIL.sub(_left, field).strip())
    return unbracketed.strip(" ,;-–—|")


def _left(mail: re.Match[str]) -> str:
    """The bracket that the address does not share with a name: ``(Name, mail)``."""
    found = mail[0]
    begins, ends = found[0] in "<([", found[-1] in ">)]"
    return " " if begins == ends else found[-1] if ends else found[0]
