"""Real data beside the checkout, for tests and measurements; its texts are not the project's."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


def needs(name: str) -> pytest.MarkDecorator:
    """Skips a test, saying why, where the data is missing."""
    return pytest.mark.skipif(
        not (DATA / name).exists(), reason=f"../shared/data/{name} is missing"
    )
