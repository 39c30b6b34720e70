"""What a text says, without what changes on its page though nobody has written anything. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_BETWEEN_MARKS = re.compile(r"\s*(['\"-])\s*")
_AGO = re.compile(
    r"\b\d+ (?:second|sec|minute|min|hour|hr)s? ago\b|\bvor \d+ (?:minuten?|stunden?)\b"
    r"|\bil y a \d+ (?:minutes?|heures?)\b|\bhace \d+ (?:minutos?|horas?)\b"
)
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d|t\d\d:\d\d")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_STAMPS = _words(
    "updated update published posted modified edited corrected aktualisiert veröffentlicht stand "
    "publié modifié actualizado publicado aggiornato pubblicato bijgewerkt atualizado "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober "
    "dezember janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "gmt utc bst est edt pst pdt cet cest uhr ago today yesterday heute gestern"
)
_AMONG_STAMPS = _words(
    "first last at on the and of time st nd rd th am pm a p m hour hours minute minutes min mins "
    "day days second seconds t z h um am vom zuletzt le à mis jour dernière mise il y el de del a "
    "las última actualización ultimo aggiornamento op om laatst vor just now"
)
_COUNTED = _words(
    "share shares shared comment comments like likes view views reader readers read reads tweet "
    "tweets retweets reactions kommentare kommentar aufrufe commentaires partages comentarios "
    "compartir lesezeit lecture reading save print email"
)
_AMONG_COUNTED = _words("k m min mins minute minutes time and of")

_LINK = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|more on this (?:story|topic)|you may also like"
    r"|recommended for you|don't miss|mehr zum thema|lesen sie auch|lire aussi|à lire aussi"
    r"|(?:lea|lee) también|leggi anche|lees ook|leia também)\b|(?:related|more|watch|listen|video"
    r"|photos|gallery|lesen|mehr)(?: (?:stories|articles|news|coverage))?\s*[:|]"
)
_INVITATION = re.compile(
    r"(?:subscribe|sign up|follow|download|get|join|like us|abonnieren|folgen|inscrivez|abonnez"
    r"|suscríbete|síguenos)\b.*\b(?:newsletters?|inbox|twitter|facebook|instagram|whatsapp|telegram"
    r"|youtube|tiktok|podcasts?|app|alerts|channel|boletín)\b"
)
_ENDS = tuple(".!?…\"')]}:;。！？」』।؟")
_LONGEST_LINK = 30
_LONGEST_TITLE = 100
_MOST_BARE = 5
"""More of them in a row are a list of the article's own: prizes, a squad."""


def essence(lines: Sequence[str]) -> str:
    """The :func:`paragraphs` of a text on one line."""
    return _BETWEEN_MARKS.sub(r"\1", " ".join(lines))


def paragraphs(text: str) -> Sequence[str]:
    """The :func:`plain` lines of a text without furniture; all where each looks like that.

    Furniture: when it was updated, how often it was shared, links to other articles, invitations
    to subscribe; and at the end, lines that are no sentence and have no number, which are the
    titles of other articles, tags and credits.
    """
    lines = [line for each in text.split("\n") if (line := plain(each))]
    kept = [line for each in lines if not is_furniture(each) and (line := _AGO.sub("", each))]
    bare = len(list(takewhile(_is_bare, reversed(kept))))
    return kept[: len(kept) - bare if bare <= _MOST_BARE else None] or lines


def plain(line: str) -> str:
    """A line or a title without what is cosmetic: case, spaces, kinds of quotes and dashes."""
    words = " ".join(unicodedata.normalize("NFKC", line.translate(_ALIKE)).casefold().split())
    return _BETWEEN_MARKS.sub(r"\1", words)


def is_furniture(line: str) -> bool:
    """Whether a :func:`plain` line belongs to the page and not to the article, by its own words."""
    words = set(_TOKEN.findall(line))
    named = {word for word in words if not word.isdigit()}
    return (
        (named <= _STAMPS | _AMONG_STAMPS and bool(named & _STAMPS or _CLOCK.search(line)))
        or (named <= _COUNTED | _AMONG_COUNTED and bool(named & _COUNTED))
        or (len(line.split()) <= _LONGEST_LINK and bool(_LINK.match(line)))
        or (len(line.split()) <= _LONGEST_LINK and bool(_INVITATION.match(line)))
    )


def _is_bare(line: str) -> bool:
    """No sentence, and no number that somebody may have to correct."""
    is_short = len(line) <= _LONGEST_TITLE
    return is_short and not line.endswith(_ENDS) and not any(c.isdigit() for c in line)
