"""Corpus → text model. The same data and seed give the same bytes on any machine.

Sums are in double precision and the optimiser runs to convergence, so that differences between
processors (1e-15) do not reach the 8 and 16 bits that are kept. In single precision, another
processor rounded 123 of 6.6 million numbers differently, which changed the propagated texts and by
them the whole head.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from pipeline.enrich.tags import combine, text_evidence
from pipeline.enrich.tags.mediatopics import taxonomy
from pipeline.enrich.tags.textmodel import Array, TextModel, model_words, unit
from tools.train.corpus import Corpus, Document
from tools.train.teacher import Teacher

SEED = 20261125
DIMENSIONS = 256
RARE = 1e-3
"""A word in this share of the texts weighs half."""
REGULARISATION = 2.0
"""Chosen on the held-back headlines: .599 first right with a calibration error of .030; with 3.0
.594 and .030, with 1.5 .603 and .034."""
FEW, BUNDLES, BUNDLE_SIZE = 300, 300, 4
"""A category with more texts than FEW weighs less a text; BUNDLES texts of BUNDLE_SIZE joined are
made for each code: articles are longer than headlines."""
SURE, PROPAGATED = 0.5, 100
TOLERANCE = 1e-10
"""Of the gradient. L-BFGS does not reach it."""


class _Examples(NamedTuple):
    vectors: Array
    labels: Array
    weights: Array


def train(corpus: Corpus, seed: int) -> TextModel:
    """Learn head and calibration; about three minutes on one core, most of it the teacher's."""
    with threadpool_limits(1):  # two spin on a busy machine: over 5 times the CPU
        return _train(corpus, seed)


def _train(corpus: Corpus, seed: int) -> TextModel:
    model = _embedding(corpus, Teacher())
    known = [document for document in corpus.headlines if document.code]
    counts = Counter(document.code for document in known)
    even = [d._replace(weight=min(1.0, (FEW / counts[d.code]) ** 0.5)) for d in known]
    examples = _examples(model, [*even, *corpus.concepts])
    head = _fit(examples, seed)
    unsure = [document for document in corpus.headlines if not document.code]
    head = _fit(_join(examples, _propagated(model, unsure, head)), seed)
    model = model._replace(
        head=head.coef_.T.astype(np.float16), bias=np.round(head.intercept_, 4).astype(np.float32)
    )
    return model._replace(calibration=_calibration(model, corpus.held, seed))


def _embedding(corpus: Corpus, teacher: Teacher) -> TextModel:
    """Words, their vectors and weights; no head yet."""
    texts = [set(model_words(d.text)) for d in corpus.headlines]
    frequency = Counter(word for words in texts for word in words)
    chosen = {word for word, count in frequency.items() if count > 1} | teacher.whole_words()
    chosen |= {word for d in corpus.concepts for word in model_words(d.text)}
    words = sorted(word for word in chosen if len(word) > 1 and word.isascii())
    vectors = unit(teacher.embed(words))
    vectors = vectors - vectors.mean(axis=0)
    axes = _principal_axes(vectors)
    share = np.array([frequency[word] + 1 for word in words], dtype=np.float64) / len(texts)
    reduced = vectors @ axes
    reduced = reduced - (share[:, None] * reduced).sum(axis=0) / share.sum()
    whole = np.round(reduced / np.abs(reduced).max() * 127).astype(np.int8)
    codes = tuple(sorted(c.code for c in taxonomy().concepts.values() if c.code == c.top))
    weights = (RARE / (RARE + share)).astype(np.float16)
    rows = {word: row for row, word in enumerate(words)}
    return TextModel(codes, rows, whole, weights, np.zeros(0), np.zeros(0), (1.0, 0.0))


def _principal_axes(vectors: Array) -> Array:
    """The first axes, as columns. Either direction is right: the largest number is positive."""
    axes = np.linalg.svd(vectors.T @ vectors)[0][:, :DIMENSIONS]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return np.asarray(axes * np.sign(largest))


def _examples(model: TextModel, documents: Sequence[Document]) -> _Examples:
    labels = [model.codes.index(document.code) for document in documents if document.code]
    return _Examples(
        _vectors(model, documents),
        np.array(labels),
        np.array([document.weight for document in documents]),
    )


def _vectors(model: TextModel, documents: Sequence[Document]) -> Array:
    rows = [model.vector(model_words(document.text)) for document in documents]
    return np.array(rows, dtype=np.float64)


def _join(*parts: _Examples) -> _Examples:
    return _Examples(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _fit(examples: _Examples, seed: int) -> LogisticRegression:
    chance = np.random.default_rng(seed)
    joined = []
    classes = np.unique(examples.labels)
    for label in classes:
        own = np.flatnonzero(examples.labels == label)
        likely = examples.weights[own] / examples.weights[own].sum()
        for _ in range(BUNDLES):
            some = chance.choice(own, BUNDLE_SIZE, p=likely)
            other = chance.integers(len(examples.labels))
            joined.append(unit(examples.vectors[some].sum(axis=0) + 0.6 * examples.vectors[other]))
    bundles = _Examples(np.array(joined), np.repeat(classes, BUNDLES), np.ones(len(joined)))
    everything = _join(examples, bundles)
    return LogisticRegression(C=REGULARISATION, solver="newton-cg", tol=TOLERANCE).fit(
        everything.vectors, everything.labels, sample_weight=everything.weights
    )


def _propagated(
    model: TextModel, documents: Sequence[Document], head: LogisticRegression
) -> _Examples:
    """The texts of categories that are no concept, where a first head is sure what they are."""
    vectors = _vectors(model, documents)
    chances = head.predict_proba(vectors)
    labels, sure = chances.argmax(axis=1), chances.max(axis=1)
    keep = sure > SURE
    counts = np.bincount(labels[keep], minlength=len(model.codes))
    even = np.minimum(1, PROPAGATED / np.maximum(counts, 1))[labels]
    return _Examples(vectors[keep], labels[keep], (sure * even)[keep])


def _calibration(model: TextModel, held: Sequence[Document], seed: int) -> tuple[float, float]:
    """Slope and offset, on texts held back: single headlines, and 2 to 8 of a category joined."""
    chance = np.random.default_rng(seed)
    by_code: dict[str, list[str]] = {}
    for document in held:
        if document.code:
            by_code.setdefault(document.code, []).append(document.text)
    odds, right = [], []
    for code, texts in sorted(by_code.items()):
        for number, text in enumerate(texts):
            more: list[str] = (
                list(chance.choice(texts, int(chance.integers(1, 8)))) if number % 2 else []
            )
            title, _, body = text.partition("\n")
            for found, chances in text_evidence.top_levels(
                title, "\n".join([body, *more]), model
            ).items():
                odds.append(combine.log_odds(chances))
                right.append(found == code)
    fitted = LogisticRegression(C=1e6, solver="newton-cholesky", tol=TOLERANCE)
    fitted.fit(np.array(odds)[:, None], right)
    return round(float(fitted.coef_[0, 0]), 4), round(float(fitted.intercept_[0]), 4)
