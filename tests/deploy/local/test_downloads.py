"""Parts come whole and as they should be, or not at all."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local import downloads
from newsline.errors import OperatorError


def fetch(to: Path) -> None:
    (to / "lib").mkdir()
    (to / "lib" / "one.jar").write_bytes(b"one")


def test_a_part_is_fetched_once(tmp_path: Path):
    first = downloads.cached(tmp_path, b"definition", fetch)
    assert (first / "lib" / "one.jar").read_bytes() == b"one"
    assert downloads.cached(tmp_path, b"definition", pytest.fail) == first


def test_another_definition_is_another_part(tmp_path: Path):
    first = downloads.cached(tmp_path, b"definition", fetch)
    assert downloads.cached(tmp_path, b"another", fetch) != first


@pytest.mark.parametrize("change", ["one bit", "a file more", "a file less"])
def test_a_part_that_has_changed_is_refused(tmp_path: Path, change: str):
    there = downloads.cached(tmp_path, b"definition", fetch)
    if change == "one bit":
        (there / "lib" / "one.jar").write_bytes(b"onf")
    elif change == "a file more":
        (there / "lib" / "two.jar").write_bytes(b"two")
    else:
        (there / "lib" / "one.jar").unlink()
    with pytest.raises(OperatorError, match="has changed since its download: delete it"):
        downloads.cached(tmp_path, b"definition", pytest.fail)


def test_a_part_with_other_checksums_than_the_checkout_says_is_refused(tmp_path: Path):
    sums, within = tmp_path / "SHA256SUMS", tmp_path / "part"
    sums.write_text(f"{hashlib.sha256(b'one').hexdigest()}  lib/one.jar\n")
    assert downloads.cached(within, b"definition", fetch, sums).exists()
    sums.write_text(f"{hashlib.sha256(b'other').hexdigest()}  lib/one.jar\n")
    with pytest.raises(OperatorError, match=r"^part has other checksums than \S+SHA256SUMS$"):
        downloads.cached(within, b"another", fetch, sums)
    assert len(list(within.iterdir())) == 1


def test_what_breaks_off_leaves_nothing_and_is_fetched_again(tmp_path: Path):
    def break_off(to: Path) -> None:
        fetch(to)
        raise OperatorError("the network is gone")

    with pytest.raises(OperatorError, match="the network is gone"):
        downloads.cached(tmp_path, b"definition", break_off)
    assert list(tmp_path.iterdir()) == []
    assert (downloads.cached(tmp_path, b"definition", fetch) / "lib" / "one.jar").exists()


def test_a_flink_with_another_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """pip's work: it gets an archive with the right name from a directory here."""
    archive = tmp_path / "index" / "apache-flink-libraries-1.19.3.tar.gz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as made:
        add(made, "PKG-INFO", b"Metadata-Version: 2.1\nName: apache-flink-libraries\n")
        add(made, "setup.py", b"raise SystemExit('its code ran')")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(archive.parent))
    (tmp_path / "to").mkdir()
    with pytest.raises(
        OperatorError, match=r"^python\S* failed to download: .*DO NOT MATCH THE HASHES"
    ):
        downloads._flink(
            downloads.CHECKOUT / "deploy" / "flink" / "requirements.txt", tmp_path / "to"
        )
    assert list((tmp_path / "to").iterdir()) == []


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(f"apache-flink-libraries-1.19.3/{name}")
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


@pytest.mark.usefixtures("java")
def test_a_jar_with_another_checksum_is_refused(tmp_path: Path):
    """Maven's work: it gets a jar from a repository in a directory here."""
    name = f"thing-{uuid.uuid4().hex}"
    repository = tmp_path / "repository"
    there = repository / "test" / name / "1"
    there.mkdir(parents=True)
    pom = "<modelVersion>4.0.0</modelVersion><groupId>test</groupId>{}<version>1</version>"
    files = {
        "pom": f"<project>{pom.format(f'<artifactId>{name}</artifactId>')}</project>".encode(),
        "jar": b"a jar",
    }
    for kind, content in files.items():
        (there / f"{name}-1.{kind}").write_bytes(content)
        sha1 = hashlib.sha1(content if kind == "pom" else b"another jar").hexdigest()
        (there / f"{name}-1.{kind}.sha1").write_text(sha1)
    (tmp_path / "pom.xml").write_text(
        f"<project>{pom.format('<artifactId>wants-it</artifactId>')}<packaging>pom</packaging>"
        f"<repositories><repository><id>here</id><url>{repository.as_uri()}</url></repository>"
        "</repositories><dependencies><dependency><groupId>test</groupId>"
        f"<artifactId>{name}</artifactId><version>1</version></dependency></dependencies>"
        "</project>"
    )
    plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
    expected = r"^mvn failed to download: .*Checksum validation failed.*$"
    with pytest.raises(OperatorError, match=expected):
        downloads._maven(tmp_path / "pom.xml", plugin, f"-DoutputDirectory={tmp_path / 'to'}")
    assert not (tmp_path / "to").exists()


def test_two_that_want_a_part_at_once_fetch_it_once(tmp_path: Path):
    fetched: list[Path] = []

    def slowly(to: Path) -> None:
        fetched.append(to)
        time.sleep(0.2)
        fetch(to)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(
            lambda _: downloads.cached(tmp_path, b"definition", slowly), range(2)
        )
    assert first == second
    assert len(fetched) == 1
