"""What a test needs and this machine lacks."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip the test, and fail it when ``CI=true``: there all tests run."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
