"""The servers' files: downloaded once into ``.cache/``, verified at every use."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from newsline.errors import OperatorError

CHECKOUT = Path(__file__).parents[2]
CACHE = CHECKOUT / ".cache"
SUMS = "SHA256SUMS"

FLINK = re.compile(r"/lib/(flink-dist|log4j-(api|core|slf4j-impl))-|/flink-metrics-prometheus-")
"""The 130 of Flink's 230 MB that a cluster needs."""


def require_java() -> None:
    """Raise OperatorError if Java or Maven is missing."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise OperatorError(
                f"{program} is missing: install a JDK 17 and Maven,"
                " such as apt-get install openjdk-17-jre-headless maven"
            )


@cache
def kafka() -> Path:
    """The directory with Kafka's jars."""
    pom = CHECKOUT / "deploy" / "kafka" / "pom.xml"
    return cached(
        CACHE / "kafka",
        pom.read_bytes(),
        lambda to: _maven(pom, "dependency:copy-dependencies", f"-DoutputDirectory={to}"),
        sums=pom.with_name(SUMS),
    )


@cache
def flink() -> Path:
    """The directory with the jars of Flink, ZooKeeper and the reporter for Prometheus."""
    requirements = CHECKOUT / "deploy" / "flink" / "requirements.txt"
    return cached(CACHE / "flink", requirements.read_bytes(), lambda to: _flink(requirements, to))


@cache
def job_server() -> Path:
    """The jar that newsline enrich submits with the job: Beam's job server for Flink."""
    pom = CHECKOUT / "deploy" / "flink" / "pom.xml"
    within = CACHE / "job-server"
    return cached(within, pom.read_bytes(), lambda to: _job_server(pom, to)) / "job-server.jar"


def cached(
    within: Path, definition: bytes, fetch: Callable[[Path], None], sums: Path | None = None
) -> Path:
    """The directory that ``fetch`` fills, named by the hash of its definition.

    It appears complete or not at all. Raises OperatorError if its files have changed since, or have
    other checksums than those in ``sums``.
    """
    complete = within / hashlib.sha256(definition).hexdigest()[:16]
    within.mkdir(parents=True, exist_ok=True)
    with _locked(within):
        if not complete.exists():
            print(f"preparing {within.name}, once", flush=True)
            _fetch(complete, fetch, sums)
    if _sums(complete) != (complete / SUMS).read_text():
        raise OperatorError(
            f"{complete} has changed since its download: delete it, then start again"
        )
    return complete


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One process at a time: the others wait for its files instead of fetching them, too."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _fetch(complete: Path, fetch: Callable[[Path], None], sums: Path | None) -> None:
    with tempfile.TemporaryDirectory(dir=complete.parent) as scratch:
        made = Path(scratch) / "part"
        made.mkdir()
        fetch(made)
        found = _sums(made)
        if sums is not None and found != sums.read_text():
            raise OperatorError(f"{complete.parent.name} has other checksums than {sums}")
        (made / SUMS).write_text(found)
        made.rename(complete)


def _flink(requirements: Path, to: Path) -> None:
    with tempfile.TemporaryDirectory(dir=to.parent) as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        what = ["--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", str(requirements)]
        _run([*pip, *what, "--dest", scratch])
        (archive,) = Path(scratch).iterdir()
        with tarfile.open(archive) as opened:
            for member in opened:
                if FLINK.search(member.name):
                    member.name = Path(member.name).name
                    opened.extract(member, to, filter="data")


def _job_server(pom: Path, to: Path) -> None:
    with tempfile.TemporaryDirectory(dir=to.parent) as scratch:
        _maven(pom, "package", f"-DbuildDirectory={scratch}")
        (Path(scratch) / "job-server.jar").rename(to / "job-server.jar")


def _sums(directory: Path) -> str:
    """Checksums in the format of ``sha256sum``; 200 MB take 0.2 s."""
    files = sorted(file for file in directory.rglob("*") if file.is_file() and file.name != SUMS)
    return "".join(f"{_sha256(file)}  {file.relative_to(directory)}\n" for file in files)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _maven(pom: Path, *arguments: str) -> None:
    """Run Maven. It verifies its downloads against the repository's checksums."""
    command = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", "--file", str(pom)]
    _run([*command, *arguments])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        reason = lines[0] if lines else f"exit code {done.returncode}"
        raise OperatorError(f"{Path(command[0]).name} failed to download: {reason}")
