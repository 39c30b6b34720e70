"""Make textmodel.npz: train it on the files in the folder of inputs."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.enrich.tags import textmodel


def make(inputs: Path) -> bytes:
    """The file; about three minutes on one core."""
    from tools.train import corpus, training

    with TemporaryDirectory() as folder:
        path = Path(folder) / "textmodel.npz"
        textmodel.save_model(training.train(corpus.read(inputs), training.SEED), path)
        return path.read_bytes()
