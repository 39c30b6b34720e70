"""What the publisher says that an article is about: section, categories, keywords, the URL's path.

Labels count where they are a concept's name, in any of the taxonomy's languages, or a section's
usual name (``vocabulary.toml``). "World", "Opinion" and the like are neither, and say nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal
from urllib.parse import unquote, urlsplit

from pipeline.enrich import vocabulary
from pipeline.enrich.evidence import Finding
from pipeline.enrich.gazetteer import key
from pipeline.enrich.mediatopics import taxonomy
from pipeline.records import MAX_NAME, Evidence, RawArticle

Source = Literal["section", "category", "url", "keyword"]

CONFIDENCE: Mapping[Source, float] = {
    "section": 0.85,
    "category": 0.8,
    "url": 0.75,
    "keyword": 0.6,
}
"""How sure one label makes: a section files the whole article, a keyword may name a side matter.

By judgement: there was no labelled data to measure them on.
"""

_LANGUAGES = {"dk": "da", "se": "sv", "no-NB": "no", "no-NN": "no"}
"""IPTC's tags that are not the language's own, → ISO 639-1."""

_PARTS = re.compile(r"\s*[/>|;:,]\s*")
_JOINED = re.compile(r" (?:and|und|et|y|e|og|och|en) ")
_GLOSS = re.compile(r"\s*\(.*\)$")
_SEPARATORS = re.compile(r"[\s_-]+")


def collect(article: RawArticle, language: str) -> Iterator[Finding]:
    """A finding for each label that names a concept; ``language`` decides between languages."""
    for source, label in _labels(article):
        for code in concepts_of(label, language):
            yield Finding(code, CONFIDENCE[source], Evidence(source, label[:MAX_NAME]))


def concepts_of(label: str, language: str) -> list[str]:
    """The codes that a label names: as a whole, or else part by part ("Business & Economy")."""
    whole = _normal(label)
    if code := _lookup(whole, language):
        return [code]
    parts = [part for piece in _PARTS.split(whole) for part in _JOINED.split(piece)]
    found = [_lookup(part, language) for part in parts] if len(parts) > 1 else []
    return list(dict.fromkeys(code for code in found if code))


def _labels(article: RawArticle) -> Iterator[tuple[Source, str]]:
    if article.section:
        yield "section", article.section
    for category in article.feed_categories:
        yield "category", category
    for keyword in article.keywords:
        yield "keyword", keyword
    # The last segment is the article itself.
    for segment in urlsplit(article.url).path.split("/")[1:-1]:
        if segment:
            yield "url", unquote(segment)


def _normal(label: str) -> str:
    return _SEPARATORS.sub(" ", key(label.replace("&", " and "))).strip()


def _lookup(label: str, language: str) -> str | None:
    if code := _sections().get(label):
        return code
    names = _names().get(label, {})
    if language in names:
        return names[language]
    codes = set(names.values())
    return codes.pop() if len(codes) == 1 else None


@cache
def _sections() -> dict[str, str]:
    """Usual name of a section → code."""
    return {
        _normal(name): code
        for code, listed in vocabulary.source()["sections"].items()
        for name in vocabulary.terms(listed)
    }


@cache
def _names() -> dict[str, dict[str, str]]:
    """Name of a concept → language → code. Where two share a name there, neither has it."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for concept in taxonomy().concepts.values():
        for tag, name in concept.labels.items():
            language = _LANGUAGES.get(tag, tag.partition("-")[0])
            codes = names[_normal(_GLOSS.sub("", name))][language]
            if concept.code not in codes:
                codes.append(concept.code)
    return {
        name: {language: codes[0] for language, codes in languages.items() if len(codes) == 1}
        for name, languages in names.items()
    }


def load() -> None:
    """Build the tables now rather than at the first article."""
    _sections()
    _names()
