"""newsline's own enrichers, in order: each may use the results of those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from newsline.enricher import Enrich, Enricher, Part
from newsline.records import EnrichedArticle
from pipeline.enrich.entities import gazetteer, wikidata
from pipeline.enrich.entities.entities import extract_entities
from pipeline.enrich.entities.recogniser import Recogniser
from pipeline.enrich.quotes import quotes
from pipeline.enrich.tags import tags, text_evidence
from pipeline.enrich.text import key_phrases, language, lead, statistics

ANY_LANGUAGE = "xx"
"""spaCy's code for multi-language models: used for languages without a model of their own."""


def builtin_enrichers(
    models: Mapping[str, str] | None = None, *, recall: bool = False
) -> Sequence[Enricher]:
    """``models``: language → spaCy package, in addition to the English default. ``recall``: more
    topic tags with lower precision."""
    own = version("newsline")
    return [
        Enricher("language", _language, version=own, required=True),
        Enricher("entities", lambda: _entities(models), version=own, required=True),
        Enricher("topic_tags", lambda: _topic_tags(recall), version=own, required=True),
        Enricher("wikidata", _wikidata, version=own),
        Enricher("lead", _lead, version=own),
        Enricher("key_phrases", _key_phrases, version=own),
        Enricher("quotes", _quotes, version=own),
        Enricher("statistics", _statistics, version=own),
    ]


def _language() -> Enrich:
    language.load_language_model()

    def enrich(article: EnrichedArticle) -> Part:
        text = f"{article.title}\n{article.text}"
        found = language.detect(text, article.declared_language)
        return Part({"language": found}, models=[language.language_model()])

    return enrich


def _entities(models: Mapping[str, str] | None) -> Enrich:
    gazetteer.load_gazetteer()
    recogniser = Recogniser(models)

    def enrich(article: EnrichedArticle) -> Part:
        code = article.language.code
        usable = () if code == language.UNDECIDED else (code, ANY_LANGUAGE)
        chosen = next((c for c in usable if c in recogniser.languages), None)
        if chosen is None:
            return Part({}, _why_not(code, f"no model for {code}"))
        marked = recogniser.mark(article.text, chosen)
        found = extract_entities(article.text, marked, article.title)
        return Part({"entities": found}, models=[recogniser.model(chosen)])

    return enrich


def _topic_tags(recall: bool) -> Enrich:
    tags.load_tables()

    def enrich(article: EnrichedArticle) -> Part:
        code = article.language.code
        found = {"topic_tags": tags.tag(article, code, recall=recall)}
        return Part(found, _no_vocabulary(code), tags.models(code))

    return enrich


def _no_vocabulary(code: str) -> str:
    if code in text_evidence.LANGUAGES:
        return ""
    return f"{_why_not(code, f'no vocabulary for {code}')}, publisher's labels only"


def _why_not(code: str, why: str) -> str:
    """The note for a text that is not read: ``why``, or that its language is undecided."""
    return "language undecided" if code == language.UNDECIDED else why


def _wikidata() -> Enrich:
    wikidata.load_wikidata()

    def enrich(article: EnrichedArticle) -> Part:
        named = wikidata.identify(article.entities, article.text)
        about = wikidata.identify_topics(article.topic_tags)
        return Part({"entities": named, "topic_tags": about})

    return enrich


def _lead() -> Enrich:
    return lambda article: Part({"lead": lead.find_lead(article.text)})


def _key_phrases() -> Enrich:
    key_phrases.load_stop_words()

    def enrich(article: EnrichedArticle) -> Part:
        code, found = article.language.code, article.entities
        phrases = key_phrases.extract_key_phrases(article.title, article.text, code, found)
        return Part({"key_phrases": phrases})

    return enrich


def _quotes() -> Enrich:
    def enrich(article: EnrichedArticle) -> Part:
        code = article.language.code
        if code not in quotes.LANGUAGES:
            return Part({}, _why_not(code, f"not looked for in {code}"))
        return Part({"quotes": quotes.find_quotes(article.text, article.entities)})

    return enrich


def _statistics() -> Enrich:
    def enrich(article: EnrichedArticle) -> Part:
        return Part({"statistics": statistics.count(article.text, article.language.code)})

    return enrich
