from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsline.broker import Broker, connect
from newsline.topics import contents
from newsline.topics.create import create_marks_topic


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Broker]:
    """An embedded broker with newsline's topics."""
    with connect(f"embedded:{tmp_path / 'broker.db'}") as connection:
        contents.ensure(connection)
        create_marks_topic(connection)
        yield connection
