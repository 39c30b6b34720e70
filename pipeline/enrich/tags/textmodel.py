"""The trained topic model for English texts: a static embedding with a linear head.

Each known word has one vector. A text is the sum of its words' vectors, scaled to unit length; a
linear head gives 17 scores. So each word's contribution to a score is known, and is its evidence.
``textmodel.npz`` is made by :mod:`tools.train`; its data sheet is docs/reference/tags-model.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

PATH = Path(__file__).parents[1] / "data" / "textmodel.npz"

NAME, VERSION = "newsline-tags-en", "2"
"""In each record's ``models``. Another ``textmodel.npz`` needs another version."""

MAX_CHARACTERS = 4_000
"""Characters that are read: a news report names its topic early."""

_WORD = re.compile(r"[^\W\d_]+")

Array = np.ndarray[Any, np.dtype[Any]]


def model_words(text: str) -> list[str]:
    """The words in lower case, digits left out."""
    return _WORD.findall(text.lower())


class TopicReading(NamedTuple):
    """The model's reading of a text: log-probability per code; codes exclude each other.

    ``substance``: the number of distinct words, weighted 0 to 1; common words have nearly 0.
    ``words``: the known words; ``parts``: each one's part of the text's sum.
    """

    scores: Mapping[str, float]
    substance: float
    words: Sequence[str]
    parts: Array

    def strongest(self, code: str, model: TextModel, most: int = 3) -> list[str]:
        """The words with the largest contribution to the code, best first."""
        # The mean over all codes is evidence for none.
        own = model.head[:, model.codes.index(code)] - model.head.mean(axis=1)
        shares = self.parts @ own
        best = np.argsort(-shares, kind="stable")[:most]
        return [self.words[row] for row in best if shares[row] > 0]


class TextModel(NamedTuple):
    """``rows``: word → row of ``vectors`` (n × dimensions, int8) and of ``weights`` (n);
    ``head`` (dimensions × codes) and ``bias`` (codes) make scores of a text's unit vector.
    ``calibration``: slope (positive) and offset, from a probability's log-odds to a confidence's.
    """

    codes: tuple[str, ...]
    rows: Mapping[str, int]
    vectors: Array
    weights: Array
    head: Array
    bias: Array
    calibration: tuple[float, float]

    def vector(self, words: Iterable[str]) -> Array:
        """The text's unit vector; zero if no word is known."""
        return unit(self._parts(words)[1].sum(axis=0))

    def read(self, title: str, text: str) -> TopicReading | None:
        """The reading of title and text; None if no word is known."""
        words, parts = self._parts(model_words(f"{title}\n{text[:MAX_CHARACTERS]}"))
        if not words:
            return None
        raw = unit(parts.sum(axis=0)) @ self.head + self.bias
        log_sum = raw.max() + np.log(np.exp(raw - raw.max()).sum())
        scores = dict(zip(self.codes, (raw - log_sum).tolist(), strict=True))
        substance = float(self.weights[[self.rows[word] for word in words]].sum())
        return TopicReading(scores, substance, words, parts)

    def _parts(self, words: Iterable[str]) -> tuple[list[str], Array]:
        """The distinct known words, and each one's part (a row) of the text's sum."""
        counts = Counter(word for word in words if word in self.rows)
        rows = np.fromiter((self.rows[word] for word in counts), dtype=np.int64)
        often = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32))
        return list(counts), (often * self.weights[rows])[:, None] * self.vectors[rows]


def unit(vector: Array) -> Array:
    """The vector (or each row) at length 1; zero stays zero."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-9))


def save_model(model: TextModel, path: Path) -> None:
    """Write the model. Equal models give equal bytes."""
    words = np.frombuffer("\n".join(model.rows).encode(), dtype=np.uint8)
    codes = np.frombuffer("\n".join(model.codes).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            words=words,
            codes=codes,
            vectors=model.vectors,
            weights=model.weights,
            head=model.head,
            bias=model.bias,
            calibration=np.array(model.calibration, dtype=np.float32),
        )


def read_model(path: Path) -> TextModel:
    """Read a model written by :func:`save_model`. Raises OSError."""
    with np.load(path, allow_pickle=False) as table:
        words = table["words"].tobytes().decode().split("\n")
        slope, offset = table["calibration"].tolist()
        return TextModel(
            tuple(table["codes"].tobytes().decode().split("\n")),
            {word: row for row, word in enumerate(words)},
            table["vectors"],
            table["weights"].astype(np.float32),
            table["head"].astype(np.float32),
            table["bias"].astype(np.float32),
            (slope, offset),
        )


@cache
def shipped_model() -> TextModel:
    """The shipped model."""
    return read_model(PATH)
