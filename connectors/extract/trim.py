"""Trim lines around an article's text that are not part of it. Pure.

Whole lines only. At the end: invitations, credits, filing lines. Anywhere: short labels such as
``Most read``. At the beginning: title, subtitle, reading time.
"""

from __future__ import annotations

import re
from collections.abc import Set

from connectors.text.traces import title_hash

_NETWORK = r"twitter|facebook|instagram|youtube|linkedin|telegram|whatsapp|tiktok|pinterest|@\w+"
_LABEL = re.compile(
    r"(?:advertise?ment|anzeige|publicité|publicidad|pubblicità|publicidade"
    r"|(?:related|most (?:read|viewed|popular)|trending|recommended|read (?:more|next|also)"
    r"|see (?:more|also)|more (?:from|on|stories)|you (?:may|might) (?:also )?(?:like|enjoy)"
    r"|don't miss|explore further"
    r"|lesen sie (?:auch|mehr)|mehr zum thema|lire aussi|à lire(?: aussi)?|sur le même sujet"
    r"|lea también|te puede interesar|leggi anche|leia (?:também|mais)|lees ook)\b[^.!?]*[.…:]*"
    r"|share(?: this\b.*| on .*)?|(?:leave a )?comments?|print)",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(
    r"(?:"
    # invitations
    r"(?:please )?(?:subscribe|sign up|register|join (?:us|our|the (?:conversation|discussion)))\b"
    rf"|(?:like|follow|find|join)\b.{{0,60}}\b(?:on|via)\b.{{0,30}}(?:{_NETWORK})"
    r"|(?:follow|listen to|watch) (?:us|our|[A-Z'’]\w+)\b.{0,40}\b(?:coverage|live|podcast)\b"
    r"|get .{0,60}\b(?:newsletter|inbox|delivered|access to)\b|click here\b|download our\b"
    r"|(?:have|got) a (?:story|tip|question)\b|tell us|let us know|what do you think"
    r"|thanks for (?:reading|subscribing|signing up)"
    r"|(?:abonnieren sie|folgen sie|abonnez-vous|inscrivez-vous|suivez-nous|suscr[íi]b[ea]|síguenos"
    r"|iscriviti|seguici|assine|inscreva-se|siga-nos|schrijf je in)\b"
    # credits and files
    r"|(?:source|quelle|fuentes?|fonte|bron)s?\s*:.{0,40}$"
    r"|(?:filed under|posted in|tagged|tags?|topics|categor(?:y|ies))\s*[:|]"
    r"|(?:last )?(?:updated|modified|published|posted)\b.{0,10}\d.{0,40}$"
    r"|(?:additional )?reporting by [^.]*\.?$"
    r"|(?:©|\(c\) |copyright (?:©|\(c\)|.{0,40}\b\d{4}\b))|.{0,80}\ball rights reserved"
    r"|.{0,120}\b(?:can|may) be (?:reached|contacted) (?:at|on|via)\b"
    r"|.{0,160}\bfollow (?:him|her|them|me|us) (?:on|at|@)"
    r"|\[\w+ .*\]"
    r")",
    re.IGNORECASE,
)
_AT_THE_BEGINNING = re.compile(
    r"(?:\d{1,2} )?(?:min(?:ute)?s?|minuten) (?:read|lesezeit)\b.{0,20}$|(?:reading time|lesezeit"
    r"|temps de lecture|tempo de leitura|tiempo de lectura)\b.{0,30}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b(?:19|20)\d\d\b")
_ENDED = re.compile(r"[.!?…。:]['\"”’»)]*$")
MOST_LABEL = 6
"""Words."""

MOST_AT_THE_END = 40
"""Words; a longer paragraph is text, whatever it begins with."""


MOST_CREDIT = 25
"""Words, of a line with a copyright mark: a caption."""

MOST_DATE = 12
"""Words, of a line with a date before the text."""


def trim(lines: list[str], titles: Set[str]) -> list[str]:
    """The lines of the text alone; ``titles``: hashes of the titles above it."""
    lines = [words for words in lines if not _is_apart(words)]
    while lines and _introduces(lines[0], titles):
        del lines[0]
    while len(lines) > 1 and _concludes(lines[-1]):
        del lines[-1]
    return lines


def _is_apart(words: str) -> bool:
    count = len(words.split())
    label = count <= MOST_LABEL and _LABEL.fullmatch(words.strip(" -•|:"))
    return bool(label) or ("©" in words and count <= MOST_CREDIT)


def _introduces(words: str, titles: Set[str]) -> bool:
    dated = len(words.split()) <= MOST_DATE and _DATE.search(words) and not _ENDED.search(words)
    return bool(dated) or title_hash(words) in titles or bool(_AT_THE_BEGINNING.match(words))


def _concludes(words: str) -> bool:
    words = words.strip(" -•|*")
    return len(words.split()) <= MOST_AT_THE_END and bool(_AT_THE_END.match(words))
