"""axe-core, which finds faults of accessibility in a page; from npm, once into .cache/."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from deploy.local import downloads
from tests.support.missing import missing

PACKAGE = "axe-core@4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="


@cache
def script() -> str:
    """Its script. Skips the test where npm is missing, and fails it there when ``CI=true``."""
    if shutil.which("npm") is None:
        missing("npm is missing: install nodejs and npm")
    directory = downloads.cached(downloads.CACHE / "axe", f"{PACKAGE} {SHA512}".encode(), _fetch)
    return (directory / "axe.min.js").read_text()


def _fetch(to: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], check=True, cwd=scratch)
        (archive,) = Path(scratch).glob("*.tgz")
        digest = hashlib.sha512(archive.read_bytes()).digest()
        assert base64.b64encode(digest).decode() == SHA512
        with tarfile.open(archive) as opened:
            member = opened.getmember("package/axe.min.js")
            member.name = "axe.min.js"
            opened.extract(member, to, filter="data")
