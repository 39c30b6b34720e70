"""Programs from Debian's packages that tests use, unpacked once into .cache/ and not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from deploy.local import downloads
from tests.support.missing import missing


@cache
def program(name: str, package: str, libraries: Sequence[str] = ()) -> Path:
    """``name`` from the PATH, or from the package of this machine's Debian release; then the shared
    objects of the packages ``libraries`` are beside it.

    Skips the test where neither is to be had, or fails it there when ``CI=true``.
    """
    if installed := shutil.which(name):
        return Path(installed)
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        missing(f"{name} is missing: install {package}")
    release = Path("/etc/debian_version").read_text()
    patterns = ["usr/*bin/*", *(["usr/lib/*/*.so.*"] if libraries else [])]
    directory = downloads.cached(
        downloads.CACHE / package,
        "\n".join([release, *patterns]).encode(),
        lambda to: _unpack((package, *libraries), patterns, to),
    )
    return directory / name


def _unpack(packages: Sequence[str], patterns: Sequence[str], to: Path) -> None:
    """With package lists of its own: needs no root, and leaves the system as it is."""
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "lists" / "partial").mkdir(parents=True)
        apt = [
            *("apt-get", "--quiet=2", f"-oDir::State::lists={scratch}/lists"),
            *(f"-oDir::Cache={scratch}", "-oDebug::NoLocking=1", "-oAPT::Sandbox::User="),
        ]
        subprocess.run([*apt, "update"], check=True)
        subprocess.run([*apt, "download", *packages], check=True, cwd=scratch)
        for archive in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", archive, f"{scratch}/files"], check=True)
        for pattern in patterns:
            for file in (Path(scratch) / "files").glob(pattern):
                shutil.copy2(file, to)


def install(package: str) -> bool:
    """Install a package that is too large to be unpacked with all its libraries. False unless this
    is root on a machine of CI: elsewhere its owner installs it."""
    if os.environ.get("CI") != "true" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        subprocess.run(["apt-get", "--quiet=2", *command], check=True)
    return True
