"""Class-data archives are made once and used; a server without one starts all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import downloads
from deploy.local.classes import Archives, archives
from deploy.local.kafka import KafkaServer
from newsline.errors import OperatorError

Make = Callable[[Callable[[Archives], None]], Archives]


@pytest.fixture
def make(java: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Archives of a server with one process, in a cache of the test's own."""
    monkeypatch.setattr(downloads, "CACHE", tmp_path)
    return lambda run: archives("server", Path("jars"), ["main"], run)


def run(classes: Archives) -> None:
    """As a server whose JVM writes the archive at its end."""
    (flag,) = classes.flags("main")
    Path(flag.removeprefix("-XX:ArchiveClassesAtExit=")).write_bytes(b"classes")


def test_archives_are_made_once_and_then_used(make: Make):
    (flag,) = make(run).flags("main")
    assert Path(flag.removeprefix("-XX:SharedArchiveFile=")).read_bytes() == b"classes"
    assert make(pytest.fail).flags("main") == (flag,)


def fail(_: Archives) -> None:
    raise OperatorError("the server ended as it started")


@pytest.mark.parametrize("run", [fail, lambda _: None], ids=["fails", "makes none"])
def test_a_server_that_makes_no_archive_is_started_without(make: Make, run):
    assert make(run).flags("main") == ()


def test_what_made_no_archive_is_tried_again(make: Make):
    make(fail)
    assert make(run).flags("main")


def test_a_broker_maps_its_archive(kafka: KafkaServer):
    assert "kafka.jsa" in Path(f"/proc/{kafka.pid}/maps").read_text()
