"""deploy/containers: what the file says; what comes of it is in test_images.py."""

from __future__ import annotations

import json
import re

import pytest

from tests.deploy.files import CHECKOUT, DEPLOY, PINNED
from tests.deploy.image_build import all_steps, last, stages, variables

IMAGES = {"connectors": "9401", "worker": "9403"}
IGNORE = (DEPLOY / "containers" / "Containerfile.dockerignore").read_text().splitlines()


def test_every_base_is_a_stage_or_pinned_by_its_version():
    for stage in stages().values():
        assert stage.base in stages() or PINNED.match(stage.base)


def test_what_is_copied_is_let_into_the_build_and_nothing_else():
    copied = {
        word
        for stage in stages().values()
        for step in stage.steps
        if step.instruction == "COPY" and "--from=" not in step.value
        for word in step.value.split()[:-1]
    }
    rules = [line for line in IGNORE if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied
    assert all((CHECKOUT / each).exists() for each in copied)


def test_packages_are_those_whose_hashes_are_known_and_come_as_wheels():
    steps = [step.value for name in stages() for step in all_steps(name)]
    installs = {step for step in steps if re.search(r"pip .*\binstall\b", step)}
    assert installs
    for step in installs:
        assert (
            "--require-hashes --requirement requirements/" in step or "--no-deps /wheels/" in step
        )
    (wheel,) = {step for step in steps if "pip wheel" in step}
    assert "--no-build-isolation --no-deps" in wheel  # a build's own packages would have no hashes
    assert variables("build")["PIP_ONLY_BINARY"] == ":all:"
    assert not any(re.search(r"\bapt|\bcurl|\bwget", step) for step in steps)


@pytest.mark.parametrize(("image", "port"), IMAGES.items())
def test_an_image_is_not_root_and_says_how_it_is_asked(image, port):
    user, _, group = last(image, "USER").partition(":")
    assert int(user) >= 1000 <= int(group)
    assert json.loads(last(image, "ENTRYPOINT")) == ["newsline"]
    assert last(image, "EXPOSE") == port
    assert variables(image)["NEWSLINE_STATUS"] == f"0.0.0.0:{port}"
    assert f"http://127.0.0.1:{port}/livez" in last(image, "HEALTHCHECK")
    assert set(json.loads(last(image, "VOLUME"))) == {"/data", "/tmp"}


def test_flinks_side_of_the_job_is_what_the_pom_builds():
    (run,) = [step.value for step in stages()["job-server"].steps if step.instruction == "RUN"]
    assert run == "mvn --batch-mode --strict-checksums package"
    pom = (CHECKOUT / "deploy" / "flink" / "pom.xml").read_text()
    assert "<finalName>job-server</finalName>" in pom
    jar = variables("worker")["NEWSLINE_JOB_SERVER_JAR"]
    assert f"--from=job-server /src/target/job-server.jar {jar}" in [
        step.value for step in stages()["worker"].steps
    ]


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_the_packages_of_what_it_runs(image):
    (packages,) = [
        step.value for step in stages()[f"{image}-build"].steps if "--require-hashes" in step.value
    ]
    assert packages.endswith(f"--requirement requirements/{image}.txt")


def test_only_what_is_the_same_everywhere_is_built_once_for_all_architectures():
    text = (DEPLOY / "containers" / "Containerfile").read_text()
    once = re.findall(r"^FROM --platform=\$BUILDPLATFORM \S+ AS (\S+)$", text, re.MULTILINE)
    assert once == ["job-server"]
    assert "x86" not in text.partition("FROM")[2]
    assert "amd64" not in text
