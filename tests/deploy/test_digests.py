"""Images are pinned by digest in all files at once, and a release build without digests fails."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from deploy import digests
from newsline.errors import OperatorError
from tests.deploy.files import DEPLOY
from tests.deploy.image_build import stages

DOCKER = """#!/bin/sh
# A registry that knows every image but one.
case "$4" in unknown*) echo "ERROR: $4: not found" >&2; exit 1;; esac
printf 'sha256:%s\\n' "$(printf %s "$4" | sha256sum | cut -d' ' -f1)"
"""


def digest(image: str) -> str:
    return f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of deploy/, and a docker that answers."""
    for name in digests.FILES:
        source, to = DEPLOY / name, tmp_path / "deploy" / name
        to.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, to)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(docker.parent), prepend=":")
    return tmp_path / "deploy"


def found(deploy: Path) -> dict[str, str | None]:
    return {
        image: pin
        for file in digests.files(deploy)
        for image, pin in digests.images(file.read_text()).items()
    }


def test_every_image_that_is_not_built_here_is_looked_at(compose, flink_deployment, deploy):
    used = {service["image"] for service in compose["services"].values()}
    used |= {stage.base for stage in stages().values()} - stages().keys()
    used.add(flink_deployment["spec"]["image"])
    foreign = {image.partition("@")[0] for image in used if not image.startswith("newsline-")}
    assert found(deploy).keys() == foreign


def test_each_image_gets_the_digest_that_the_registry_names(deploy, capsys):
    digests.write(deploy)
    assert found(deploy) == {image: f"@{digest(image)}" for image in found(deploy)}
    written = [file.read_text() for file in digests.files(deploy)]
    digests.write(deploy)
    assert [file.read_text() for file in digests.files(deploy)] == written
    digests.check(deploy)
    assert capsys.readouterr().out.endswith("images are pinned by digest\n")


def test_nothing_else_in_the_files_changes(deploy):
    before = {
        file: re.sub(f"@{digests.DIGEST.pattern}", "", file.read_text())
        for file in digests.files(deploy)
    }
    digests.write(deploy)
    after = {file: re.sub(f"@{digests.DIGEST.pattern}", "", file.read_text()) for file in before}
    assert after == before


def test_a_new_tag_needs_a_new_digest(deploy):
    digests.write(deploy)
    compose = deploy / "compose.yaml"
    text = compose.read_text()
    (image,) = [image for image in digests.images(text) if image.startswith("postgres:")]
    compose.write_text(text.replace(f"{image}@{digest(image)}", "postgres:99.9"))
    with pytest.raises(OperatorError, match=r"^without a digest: postgres:99\.9; run python -m"):
        digests.check(deploy)


def test_an_image_that_no_registry_has_leaves_all_files_as_they_were(deploy):
    compose = deploy / "compose.yaml"
    text = compose.read_text().replace("image: prom/prometheus:", "image: unknown/prometheus:")
    compose.write_text(text)
    with pytest.raises(OperatorError, match=r"^unknown/prometheus:\S+ has no digest: ERROR: .*"):
        digests.write(deploy)
    assert compose.read_text() == text


def test_without_docker_it_says_so(deploy, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OperatorError, match=r"^docker is missing"):
        digests.write(deploy)
