from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from tools.data import __main__ as program
from tools.data import inputs
from tools.data.inputs import Inputs, Table

NAME = "small_names.txt"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shipped file "old", whose builder makes "new" from no inputs."""
    builder = SimpleNamespace(make=lambda folder: b"new")
    monkeypatch.setitem(sys.modules, "tools.data.small", builder)
    monkeypatch.setattr(program, "BUILDERS", {NAME: "small"})
    monkeypatch.setattr(program, "SHIPPED", tmp_path)
    monkeypatch.setattr(inputs, "read", lambda: Inputs({NAME: Table(())}, {}))
    path = tmp_path / NAME
    path.write_bytes(b"old")
    return path


def run(tmp_path: Path, write: bool = False) -> int:
    with pytest.raises(typer.Exit) as ended:
        program.main(tmp_path / "inputs", tmp_path / "scratch", write)
    return ended.value.exit_code


def test_a_table_that_differs_is_printed_and_kept_apart_and_the_exit_code_is_1(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path) == 1
    assert capsys.readouterr().out.startswith(f"{NAME}  differs")
    assert shipped.read_bytes() == b"old"
    assert (tmp_path / "scratch" / NAME).read_bytes() == b"new"


def test_a_table_that_is_equal_is_exit_code_0(shipped: Path, tmp_path: Path) -> None:
    shipped.write_bytes(b"new")
    assert run(tmp_path) == 0


def test_write_replaces_the_shipped_table(shipped: Path, tmp_path: Path) -> None:
    assert run(tmp_path, write=True) == 0
    assert shipped.read_bytes() == b"new"


@pytest.mark.parametrize("write", [False, True])
def test_a_table_without_its_inputs_is_exit_code_1_and_the_shipped_one_stays(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: bool
) -> None:
    table = Table((), ("list.json",))
    files = {"list.json": inputs.File("A list", "CC BY 4.0", "0" * 64)}
    monkeypatch.setattr(inputs, "read", lambda: Inputs({NAME: table}, files))
    assert run(tmp_path, write) == 1
    assert shipped.read_bytes() == b"old"
