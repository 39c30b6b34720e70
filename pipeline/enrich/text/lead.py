"""The first sentence that tells the news: no byline, dateline, agency's tag or promotion."""

from __future__ import annotations

import re

from newsline.records import Lead
from pipeline.enrich.text.sentences import sentences

MIN_WORDS = 4
MIN_CHARACTERS = 12
"""Of a sentence in a script without spaces."""

MAX_LOOKED_AT = 15
"""Sentences; a text without a lead by then (a list, a score) has none."""

MAX_CHARACTERS = 1_000

_FURNITURE = re.compile(
    # a label, and what it stands before
    r"(?:by|photo(?:graph)?s?|images?|sources?|copyright|updated?|published|posted|related|watch|"
    r"listen|follow|share|advertisement)\s?[:|©–—]|©|"
    r"by\s(?-i:[A-Z][\w.'’-]*+(?:,?\s(?:and\s)?[A-Z][\w.'’-]*+)++)(?!,?\s(?-i:[a-z]))|"
    r"(?:photo(?:graph)?s?|images?)\s(?:by|courtesy)\b|"
    r"(?:updated|published|posted|copyright)\s\d|last (?:updated|modified)\b|"
    # a call to the reader
    r"(?:watch|listen|follow|share|click|read)\s(?:(?:to|on|via|with)\s)?"
    r"(?:us|me|our|this|these|the|your|here|now|live|more|also|next|@\w+|facebook|twitter|x|"
    r"whatsapp)(?![\w-])|follow\s(?:\S+\s){1,4}on\s(?:facebook|twitter|x|instagram)\b|"
    r"(?:also read|subscribe|sign up|(?:new)?you can now listen|"
    r"related (?:articles?|coverage|links?|stor(?:y|ies)|topics)|"
    r"this (?:article|story)|editor['’]s note)\b",
    re.IGNORECASE,
)
_AGENCY = r"(?:AP|Reuters|AFP|CNN|dpa|UPI|Bloomberg|ANI|PTI|Xinhua|TASS)(?:\s\w+)?"
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z.'’ -]{2,40}(?:,\s[\w. ]{2,30})?\s*(?:\([^)]{2,30}\)\s*)?[—–-]{1,2}\s+|"
    rf"[A-Z][\w.'’ -]{{2,40}}(?:,\s[\w. ]{{2,30}})?\s*\({_AGENCY}\)\s*[—–-]{{0,2}}\s+|"
    rf"\({_AGENCY}\)\s*[—–-]{{0,2}}\s*)"
)
_ENDS = (".", "!", "?", "…", "。", "！", "？", "”", '"', "»", "’", "'", ")", "」")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def find(text: str) -> Lead | None:
    """Where the lead stands; None where the text has no sentence of some length near its start."""
    for number, (start, end) in enumerate(sentences(text)):
        if number == MAX_LOOKED_AT:
            break
        dateline = _DATELINE.match(text, start, end)
        begin = dateline.end() if dateline else start
        if end - begin <= MAX_CHARACTERS and _tells(text[begin:end]):
            return Lead(begin, end)
    return None


def _tells(sentence: str) -> bool:
    if _FURNITURE.match(sentence) or sentence.isupper() or not sentence.endswith(_ENDS):
        return False
    if len(sentence.split()) >= MIN_WORDS:
        return True
    return len(_UNSPACED.findall(sentence)) >= MIN_CHARACTERS
