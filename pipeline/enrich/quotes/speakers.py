"""The speaker of a quote: the subject of the verb of saying beside it.

Five patterns are tried in order: three after the quote, two before it. Each finds an attribution
or None; within it, a name or a pronoun is resolved to an entity's name.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from newsline.outcomes import EntityType
from pipeline.enrich.quotes import name_roles
from pipeline.enrich.quotes.named_text import NamedText
from pipeline.enrich.quotes.quotation_marks import QuoteSpan

_SAYING = re.compile(rf"\b{name_roles.ADVERB}(?P<verb>{name_roles.VERB})\b")

_VERB_AND_NAME = re.compile(rf"\s*{name_roles.ADVERB}{name_roles.VERB}\s{name_roles.SUBJECT}")
_NAME_AND_VERB = re.compile(
    rf"\s*(?P<subject>[^“”\"«\n.;:]{{1,120}}?)\s{name_roles.ADVERB}{name_roles.VERB}\b"
)
_ACCORDING_TO = re.compile(rf"\s*,?\s*according to\s{name_roles.SUBJECT}", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she)\b", re.IGNORECASE)

_MAX_LEAD = 400
"""Characters of a sentence that are read for its speaker; in a longer one none is clear."""

_MAX_BACK = 3
"""Sentences that are searched backwards for the person behind "he" or "she"."""


class Attribution(NamedTuple):
    """A statement beside a quote that it was said; ``speaker``: the entity's name, if clear."""

    speaker: str | None


class PreviousQuote(NamedTuple):
    """The end of the quote before, closing mark included, and its speaker."""

    closing: int
    speaker: str | None


class _Search(NamedTuple):
    """The quote whose attribution is searched, in its text, with the quote before it."""

    named: NamedText
    quote: QuoteSpan
    previous: PreviousQuote | None

    @property
    def text(self) -> str:
        return self.named.text


def attribution_of(
    named: NamedText, quote: QuoteSpan, previous: PreviousQuote | None
) -> Attribution | None:
    """The attribution beside the quote; None without one."""
    search = _Search(named, quote, previous)
    return next((found for pattern in _PATTERNS if (found := pattern(search))), None)


def continues(named: NamedText, quote: QuoteSpan, previous: PreviousQuote) -> bool:
    """True if only an attribution, or nothing, separates the quote from the one before."""
    starts = named.sentence_starts
    begun = bisect_right(starts, previous.closing + 1)
    ended = bisect_right(starts, quote.opening) - begun
    return ended <= 1 and named.text.find("\n", previous.closing, quote.opening) < 0


# Patterns: where the attribution is, relative to the quote


def _according_to_after(search: _Search) -> Attribution | None:
    """ "…," according to X."""
    quote = search.quote
    if found := _ACCORDING_TO.match(search.text, quote.closing, _line_end(search)):
        return Attribution(_named_after_verb(search, *found.span("subject"), quote.opening))
    return None


def _verb_and_name_after(search: _Search) -> Attribution | None:
    """ "…," said X."""
    begin = _after_open_end(search)
    if begin is not None and (found := _VERB_AND_NAME.match(search.text, begin, _line_end(search))):
        span = found.span("subject")
        return Attribution(_named_after_verb(search, *span, search.quote.opening))
    return None


def _name_and_verb_after(search: _Search) -> Attribution | None:
    """ "…," X said."""
    begin = _after_open_end(search)
    if begin is not None and (found := _NAME_AND_VERB.match(search.text, begin, _line_end(search))):
        span = found.span("subject")
        return Attribution(_named_before_verb(search, *span, search.quote.opening))
    return None


def _according_to_before(search: _Search) -> Attribution | None:
    """According to X, "…"."""
    begin, opening = search.named.sentence_start(search.quote.opening), search.quote.opening
    if opening - begin > _MAX_LEAD:
        return None
    if found := _ACCORDING_TO.match(search.text, begin, opening):
        return Attribution(_named_after_verb(search, *found.span("subject"), begin))
    return None


def _name_and_verb_before(search: _Search) -> Attribution | None:
    """X said: "…". X said that it was "…"."""
    begin, opening = search.named.sentence_start(search.quote.opening), search.quote.opening
    lead = search.text[begin:opening]
    if len(lead) > _MAX_LEAD or '"' in lead or "”" in lead:
        return None
    verbs = list(_SAYING.finditer(lead))
    if len(verbs) != 1:
        return None
    if verbs[0]["verb"] in ("saying", "adding", "telling"):
        return Attribution(None)
    return Attribution(_named_before_verb(search, begin, begin + verbs[0].start(), begin))


_PATTERNS: Sequence[Callable[[_Search], Attribution | None]] = (
    _according_to_after,
    _verb_and_name_after,
    _name_and_verb_after,
    _according_to_before,
    _name_and_verb_before,
)


def _line_end(search: _Search) -> int:
    end = search.text.find("\n", search.quote.closing)
    return end if end >= 0 else len(search.text)


def _after_open_end(search: _Search) -> int | None:
    """Where the sentence goes on after the quote; None if the quote ends the sentence."""
    text, quote = search.text, search.quote
    comma = text.startswith(",", quote.closing)
    goes_on = comma or text[quote.end - 1] in ",?!—–-…"
    return quote.closing + comma if goes_on else None


# Names and pronouns in ``text[start:end]``; ``sentence``: start of the sentence with the pronoun


def _named_after_verb(search: _Search, start: int, end: int, sentence: int) -> str | None:
    """The name after the verb, before any other role: "said Minister X beside Y"."""
    if pronoun := _PRONOUN.match(search.text, start, end):
        return _person_of(search, pronoun[0], start, sentence)
    return _first_name(search.named, start, end)


def _named_before_verb(search: _Search, start: int, end: int, sentence: int) -> str | None:
    """The last name before the verb, an apposition apart: "X, the minister, said"."""
    words = search.text[start:end].strip()
    if _PRONOUN.fullmatch(words):
        return _person_of(search, words, start, sentence)
    if found := re.search(r"(?:[,;]\s|\band )(he|she)$", words):
        return _person_of(search, found[1], end, end)
    return _last_name(search.named, start, end, end)


def _first_name(named: NamedText, start: int, end: int) -> str | None:
    """The name in the sentence's first role."""
    following = bisect_right(named.sentence_starts, start)
    end = min([end, *named.sentence_starts[following : following + 1]])
    words = named.text[start:end].rstrip().removesuffix(".")
    end = start + len(name_roles.NAME_ENDS.split(words)[0].rstrip())
    return _last_name(named, start, end, end)


def _last_name(named: NamedText, start: int, end: int, verb: int) -> str | None:
    """The last name that can be the subject of the verb at ``verb``."""
    for mention in reversed(named.mentions_within(start, end)):
        before, between = named.text[start : mention.start], named.text[mention.end : verb]
        if not name_roles.BETWEEN.fullmatch(between):
            continue
        if between.strip() == "," and not before.endswith(", "):
            continue
        is_organisation = mention.type is EntityType.ORGANISATION
        if is_organisation and before.strip().lower() not in ("", "the"):
            continue
        clause = before if "," in between else name_roles.CLAUSE.sub("", before)
        if not name_roles.NO_TITLE.search(clause):
            return mention.name
    return None


def _person_of(search: _Search, pronoun: str, position: int, sentence: int) -> str | None:
    """The person behind "he" or "she": the subject of the sentence before, or its speaker.

    None if another person is named since, or in the pronoun's line.
    """
    named, text = search.named, search.text
    earlier = bisect_left(named.sentence_starts, sentence)
    for start in reversed(named.sentence_starts[max(0, earlier - _MAX_BACK) : earlier]):
        if text[start : start + len(pronoun) + 1].lower() == f"{pronoun.lower()} ":
            continue
        if search.previous and search.previous.closing > start:
            name = search.previous.speaker
        else:
            name = _subject_of_sentence(named, start, sentence)
        begin = min(start, text.rfind("\n", 0, position) + 1)
        persons = {mention.name for mention in named.persons_from(begin, position)}
        return name if name and persons == {name} else None
    return None


def _subject_of_sentence(named: NamedText, start: int, end: int) -> str | None:
    """The person that the sentence begins with, or its speaker."""
    end = min(end, start + _MAX_LEAD)
    for mention in named.persons_from(start, end):
        before = named.text[start : mention.start]
        if (
            name_roles.TITLES.fullmatch(before)
            and not name_roles.NO_SUBJECT.search(before)
            and name_roles.PREDICATE.match(named.text, mention.end)
        ):
            return mention.name
    if found := name_roles.REPORTED.search(named.text, start, end):
        return _first_name(named, *found.span("subject"))
    return None
