"""The lead: the first sentence of the news, after byline, dateline, agency and promotion."""

from __future__ import annotations

import re

from newsline.page_phrases import any_of
from newsline.records import Lead
from newsline.sentence_ends import ends_sentence
from newsline.words import count_words
from pipeline.enrich.text.sentences import sentences

MIN_WORDS = 4
MIN_UNSPACED_WORDS = 8
"""Minimum of a sentence in a script without spaces: twelve Chinese characters."""

MAX_LOOKED_AT = 15
"""Sentences. A text without a lead by then (a list, a score) has none."""

MAX_CHARACTERS = 1_000

_READER = "lead"
_BOILERPLATE = re.compile(
    # a label and a sign after it
    rf"(?:{any_of('credit_label', _READER)}|{any_of('link_label', _READER)}"
    rf"|{any_of('advertisement', _READER)})\s?[:|©–—]|©|"
    r"by\s(?-i:[A-Z][\w.'’-]*+(?:,?\s(?:and\s)?[A-Z][\w.'’-]*+)++)(?!,?\s(?-i:[a-z]))|"
    rf"{any_of('credit', _READER)}|{any_of('stamp_line', _READER)}|"
    # a call to the reader
    rf"{any_of('call', _READER)}\s(?:(?:to|on|via|with)\s)?"
    rf"{any_of('call_object', _READER)}(?![\w-])|"
    rf"follow\s(?:\S+\s){{1,4}}on\s{any_of('channel', _READER)}\b|"
    rf"(?:{any_of('link', _READER)}|{any_of('invitation', _READER)}|{any_of('notice', _READER)})\b",
    re.IGNORECASE,
)
_AGENCY = r"(?:AP|Reuters|AFP|CNN|dpa|UPI|Bloomberg|ANI|PTI|Xinhua|TASS)(?:\s\w+)?"
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z.'’ -]{2,40}(?:,\s[\w. ]{2,30})?\s*(?:\([^)]{2,30}\)\s*)?[—–-]{1,2}\s+|"
    rf"[A-Z][\w.'’ -]{{2,40}}(?:,\s[\w. ]{{2,30}})?\s*\({_AGENCY}\)\s*[—–-]{{0,2}}\s+|"
    rf"\({_AGENCY}\)\s*[—–-]{{0,2}}\s*"
    r"|(?:【[^】\n]{1,40}】|[（(][^）)。\n]{0,24}\d[月日][^）)。\n]{0,12}[）)]"
    r"|[^。，、（(\n]{2,12}社[^。，、\n]{1,12}\d日[电電讯訊](?:[（(][^）)\n]{1,40}[）)])?)\s*"
    r"|\([^)\n]{1,20}=[^)\n]{1,20}\)(?:\s[^=\n]{1,30}기자\s=)?\s*)"
)
_CLOSED = ("”", '"', "»", "’", "'", ")", "」")


def find_lead(text: str) -> Lead | None:
    """The lead's position; None if no sentence near the text's start is long enough."""
    for number, (start, end) in enumerate(sentences(text)):
        if number == MAX_LOOKED_AT:
            break
        dateline = _DATELINE.match(text, start, end)
        begin = dateline.end() if dateline else start
        if end - begin <= MAX_CHARACTERS and _tells(text[begin:end]):
            return Lead(begin, end)
    return None


def _tells(sentence: str) -> bool:
    if _BOILERPLATE.match(sentence) or sentence.isupper():
        return False
    if not (ends_sentence(sentence) or sentence.endswith(_CLOSED)):
        return False
    return len(sentence.split()) >= MIN_WORDS or count_words(sentence) >= MIN_UNSPACED_WORDS
