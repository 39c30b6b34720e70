"""Quotes in English texts, and their speakers. A quote without a clear speaker has none.

Text between marks is a quote if a verb of saying is beside it, or if it is a whole sentence in its
own place. Scare quotes and titles are not quotes. No model is used: speakers are entities that
were found before. 0.5 ms a text.

Of 120 quotes from some 200 news texts, read by hand, 119 were speech. Of 325 quotes from 120 other
texts, 133 have a speaker; of 45 of these, checked in context, 44 are right, and in the text of the
other one the marks do not pair. A reader could name many of the speakers that are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsline.records import MAX_QUOTES, Entity, Quote
from pipeline.enrich.quotes.named_text import NamedText
from pipeline.enrich.quotes.quotation_marks import QuoteSpan, quote_spans
from pipeline.enrich.quotes.speakers import PreviousQuote, attribution_of, continues

LANGUAGES = frozenset(("en",))

MIN_WORDS = 4
"""Shorter parts of a sentence are as often scare quotes, even beside a verb of saying."""

MIN_SENTENCE = 3
"""Words of a quoted sentence without a verb of saying."""

_TITLE = re.compile(
    r"(?:[A-Z0-9][\w’'&.-]*+[,:!?]?|of|the|and|a|an|in|to|for|on|with|or|at|from|by|&)"
    r"(?:\s(?:[A-Z0-9][\w’'&.-]*+[,:!?]?|of|the|and|a|an|in|to|for|on|with|or|at|from|by|&))*"
)


def find_quotes(text: str, entities: Sequence[Entity]) -> tuple[Quote, ...]:
    """The first :data:`MAX_QUOTES` quotes of the text, in order, each with its speaker or None.

    ``entities`` are the article's; a speaker is the name of one of them.
    """
    spans = list(quote_spans(text))
    named = NamedText(text, entities, spans)
    quotes: list[Quote] = []
    previous: PreviousQuote | None = None
    for span in spans:
        attribution = attribution_of(named, span, previous)
        if not _is_speech(text, span, attributed=attribution is not None):
            continue
        if attribution:
            speaker = attribution.speaker
        else:
            speaker = previous.speaker if previous and continues(named, span, previous) else None
        quotes.append(Quote(span.start, span.end, speaker))
        previous = PreviousQuote(span.closing, speaker)
    return tuple(quotes[:MAX_QUOTES])


def _is_speech(text: str, span: QuoteSpan, *, attributed: bool) -> bool:
    """False for scare quotes and titles. ``attributed``: a verb of saying is beside it."""
    words = len(span.words_in(text).split())
    if words > 1 and _TITLE.fullmatch(span.words_in(text)):
        return False
    if attributed and words >= MIN_WORDS:
        return True
    return _is_sentence(text, span) and (attributed or words >= MIN_SENTENCE)


def _is_sentence(text: str, span: QuoteSpan) -> bool:
    """True if it begins and ends as a sentence, at a place where a sentence can begin."""
    words = span.words_in(text)
    before = text[max(0, span.opening - 2) : span.opening]
    begins = not before.strip() or before.strip()[-1:] in '.!?:”"»,' or before.endswith("\n")
    return begins and words[0].isupper() and words.rstrip()[-1] in ".!?…,"
