"""Topic evidence from the publisher: section, categories, keywords and the URL's path.

A label counts if it is a concept's name in one of the taxonomy's languages, or a section's usual
name (``vocabulary.toml``). "World", "Opinion" and the like are neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from urllib.parse import unquote, urlsplit

from newsline.outcomes import LabelSource
from newsline.records import MAX_NAME, Article, Evidence
from pipeline.enrich.entities.gazetteer import key
from pipeline.enrich.tags import vocabulary
from pipeline.enrich.tags.evidence import TagFinding
from pipeline.enrich.tags.mediatopics import taxonomy

CONFIDENCE: Mapping[LabelSource, float] = {
    "section": 0.85,
    "category": 0.85,
    "url": 0.85,
    "keyword": 0.75,
}
"""Confidence of one label.

Of labels that named a concept, on 91 real pages and in a feed of 69 entries, checked against
headline and text: 12 of 14 sections, 54 of 59 parts of URLs and 43 of 45 keywords were right. The
sample is small, and a keyword may name a side topic: its confidence is set lower.
"""

_LANGUAGES = {"dk": "da", "se": "sv", "no-NB": "no", "no-NN": "no"}
"""IPTC's deviating language tags → ISO 639-1."""

_PARTS = re.compile(r"\s*[/>|;:,]\s*")
_JOINED = re.compile(r" (?:and|und|et|y|e|og|och|en) ")
_NEWS = re.compile(
    r"^(?:news|noticias|actualites?|nachrichten) "
    r"| (?:news|headlines|nachrichten|nyheter|nyheder|stories)$"
)
"""Words without a topic in a section's name: "Music News", "Noticias Deportes"."""

_GLOSS = re.compile(r"\s*\(.*\)$")
_SEPARATORS = re.compile(r"[\s_-]+")


def label_findings(article: Article, language: str) -> Iterator[TagFinding]:
    """A finding per label that names a concept; ``language`` decides between languages."""
    for source, label in _labels(article):
        for code in concepts_of(label, language):
            yield TagFinding(code, CONFIDENCE[source], Evidence(source, label[:MAX_NAME]))


def concepts_of(label: str, language: str) -> list[str]:
    """The codes that a label names, as a whole or else by parts ("Business & Economy")."""
    whole = _normal(label)
    if code := _lookup(whole, language):
        return [code]
    parts = [part for piece in _PARTS.split(whole) for part in _JOINED.split(piece)]
    found = [_lookup(part, language) for part in parts] if len(parts) > 1 else []
    return list(dict.fromkeys(code for code in found if code))


def _labels(article: Article) -> Iterator[tuple[LabelSource, str]]:
    if article.section:
        yield "section", article.section
    for category in article.feed_categories:
        yield "category", category
    for keyword in article.keywords:
        yield "keyword", keyword
    for part in _url_parts(article.url):
        yield "url", part


def _url_parts(url: str) -> Iterator[str]:
    """The subdomain ("sport" of ``sport.example.com``), and the path's segments without the last
    one, which is the article's."""
    try:
        parts = urlsplit(url)
    except ValueError:  # "https://[x/": the contract allows it
        return
    hosts = (parts.hostname or "").split(".")
    yield from hosts[: 1 if len(hosts) > 2 else 0]  # "example.com" is the site
    yield from (unquote(segment) for segment in parts.path.split("/")[1:-1] if segment)


def _normal(label: str) -> str:
    return _SEPARATORS.sub(" ", key(label.replace("&", " and "))).strip()


def _lookup(label: str, language: str) -> str | None:
    if code := _sections().get(label):
        return code
    topic = _NEWS.sub("", label)
    if topic != label:
        return _lookup(topic, language)
    names = _names().get(label, {})
    if code := names.get(language, names.get("en")):
        return code
    codes = set(names.values()) if language not in _spoken() else set()
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
def _spoken() -> frozenset[str]:
    """The languages of the concepts' names; in these, "college" is not the French word."""
    return frozenset(language for names in _names().values() for language in names)


@cache
def _names() -> dict[str, dict[str, str]]:
    """Name of a concept → language → code. A name of two concepts is left out."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    ambiguous = set(vocabulary.terms(vocabulary.source()["labels"]["ambiguous"]))
    for concept in taxonomy().concepts.values():
        if concept.name in ambiguous:
            continue
        for tag, name in concept.labels.items():
            language = _LANGUAGES.get(tag, tag.partition("-")[0])
            codes = names[_normal(_GLOSS.sub("", name))][language]
            if concept.code not in codes:
                codes.append(concept.code)
    return {
        name: {language: codes[0] for language, codes in languages.items() if len(codes) == 1}
        for name, languages in names.items()
    }


def load_label_tables() -> None:
    """Build the tables now instead of at the first article."""
    _sections()
    _names()
