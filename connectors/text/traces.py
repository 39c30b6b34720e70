"""Hashes of a revision's title and text, and the changes that two revisions' hashes show. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Set
from hashlib import blake2b
from typing import NamedTuple

from connectors.text.normalise import join_lines, normalise_line, normalised_lines
from newsline.outcomes import ChangedField, RevisionReason

SAME = 2 / 3
"""Share of the paragraphs of two texts from which an entry's two addresses lead to one article."""

_OUTLINE = 16
_MARK = 4


class Traces(NamedTuple):
    """The hashes of a revision that the next one is compared with."""

    title_hash: str  # of the normalised title, 32 hex digits
    text_hash: str  # of the normalised text, 32 hex digits
    exact_hash: str  # of title and text as published, 16 hex digits
    outline: bytes  # the 16 lowest of the paragraphs' hashes, 4 bytes each


def title_hash(title: str) -> str:
    """32 hex digits. Case, white space, quotes and dashes do not count."""
    return _digest(normalise_line(title))


def content_hash(title: str, text: str) -> str:
    """32 hex digits of the normalised title and text."""
    return _digest(f"{normalise_line(title)}\n{join_lines(normalised_lines(text))}")


def changes(previous: Traces, now: Traces) -> tuple[ChangedField, ...]:
    """The parts that differ from the previous revision; empty if all changes are cosmetic.

    Without any difference as published, other hashes come from an older way to normalise.
    """
    if now.exact_hash == previous.exact_hash:
        return ()
    changed: list[ChangedField] = []
    if now.title_hash != previous.title_hash:
        changed.append("title")
    if now.text_hash != previous.text_hash:
        changed.append("text")
    return tuple(changed)


def traces(title: str, text: str) -> Traces:
    """The traces to store with a revision."""
    exact = _digest(f"{title}\n{text}")[:16]
    lines = normalised_lines(text)
    return Traces(title_hash(title), _digest(join_lines(lines)), exact, _outline(lines))


def revision_reason(previous: Traces, now: Traces) -> RevisionReason:
    """The reason for a new revision, or for none (``identical``, ``cosmetic``)."""
    changed = changes(previous, now)
    if not changed:
        return (
            RevisionReason.IDENTICAL
            if now.exact_hash == previous.exact_hash
            else RevisionReason.COSMETIC
        )
    return _in_text(previous.outline, now.outline) if "text" in changed else RevisionReason.TITLE


def same_text(previous: Traces, now: Traces) -> bool:
    """True if two texts are equal, or share :data:`SAME` of their paragraphs."""
    if previous.text_hash == now.text_hash:
        return True
    before, after = _comparable(previous.outline, now.outline)
    return len(before & after) >= SAME * len(before | after) > 0


def _in_text(previous: bytes, now: bytes) -> RevisionReason:
    before, after = _comparable(previous, now)
    lost, gained = len(before - after), len(after - before)
    if 2 * lost > len(before):
        return RevisionReason.REWRITTEN
    if lost == gained:
        return RevisionReason.CORRECTED
    return RevisionReason.EXTENDED if gained > lost else RevisionReason.SHORTENED


def _comparable(previous: bytes, now: bytes) -> tuple[Set[bytes], Set[bytes]]:
    """The marks of two outlines. That of a long text is a sample: only the lowest marks of both are
    comparable."""
    before, after = _marks(previous), _marks(now)
    if len(before | after) <= _OUTLINE:
        return before, after
    both = set(sorted(before | after)[:_OUTLINE])
    return before & both, after & both


def _outline(lines: Iterable[str]) -> bytes:
    """The 16 lowest of the paragraphs' hashes, 4 bytes each."""
    marks = {bytes.fromhex(_digest(each)[: 2 * _MARK]) for each in lines}
    return b"".join(sorted(marks)[:_OUTLINE])


def _marks(outline: bytes) -> set[bytes]:
    return {outline[n : n + _MARK] for n in range(0, len(outline), _MARK)}


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
