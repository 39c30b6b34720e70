"""What the steps of deploy/containers install in clean directories, and that it works there."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
import urllib.request
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.local.process import free_ports
from tests.deploy.files import CHECKOUT
from tests.deploy.image_build import Build, last
from tests.support.command import PATIENCE, until
from tests.support.news_site import Site, page, rss

pytestmark = pytest.mark.slow  # installs 900 MB of packages

IMAGES = {"connectors": "9401", "worker": "9403"}
"""And the ports of their status pages."""

VERSION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
PINS = {
    canonicalize_name(each.name): str(each.specifier).removeprefix("==")
    for line in (CHECKOUT / "constraints.txt").read_text().splitlines()
    if not line.startswith("#")
    if (each := Requirement(line)).marker is None or each.marker.evaluate()
}


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return Build(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def installed(build):
    """Where each image has its ``newsline``."""
    return {name: build.stage(f"{name}-build") / "opt" / "newsline" for name in IMAGES}


def packages(prefix):
    (site,) = prefix.glob("lib/python3.*/site-packages")
    return {canonicalize_name(each.name): each.version for each in distributions(path=[str(site)])}


@pytest.mark.parametrize("image", IMAGES)
def test_what_is_installed_is_pinned(installed, image):
    found = packages(installed[image])
    assert found.pop("newsline") == VERSION
    assert found.items() <= PINS.items()
    assert not {"pip", "pytest", "mypy"} & found.keys()


def test_an_image_has_nothing_of_the_other_half(installed):
    connectors, worker = (packages(installed[image]) for image in IMAGES)
    assert not {"apache-beam", "spacy", "numpy", "pyarrow", "py3langid"} & connectors.keys()
    assert {"apache-beam", "spacy"} <= worker.keys()
    assert not {"feedparser", "trafilatura", "sqlalchemy"} & worker.keys()


def run(prefix, *arguments, directory, **environment):
    """``newsline ARGUMENTS`` of the image, with an environment of its own."""
    return subprocess.Popen(
        [prefix / "bin" / "newsline", *map(str, arguments)],
        cwd=directory,
        env={"PATH": f"{prefix / 'bin'}:/usr/bin:/bin", "HOME": str(directory)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def runs(process):
    """True; what it said where it does not."""
    assert process.poll() is None, process.stdout.read()
    return True


def asked(image, prefix, port):
    """Whether the image's health check, asked at this port, finds it healthy."""
    check = last(image, "HEALTHCHECK").partition(" CMD ")[2].replace(IMAGES[image], str(port))
    _, *arguments = json.loads(check)
    done = subprocess.run([prefix / "bin" / "python", *arguments], capture_output=True, check=False)
    return done.returncode == 0


TITLE = "Ferry runs aground off Naxos"
TEXT = [
    f"The ferry ran aground off Naxos on Monday, the coast guard said. Part {n}." for n in "12345"
]
PAGES = {
    "/feed": (200, "application/rss+xml", rss([("/naxos", TITLE, "")])),
    "/naxos": (200, "text/html", page(TITLE, TEXT)),
}


def test_what_one_image_polls_the_other_enriches(installed, tmp_path, postgres):
    broker = f"embedded:{tmp_path / 'broker.db'}"
    (port,) = free_ports(1)
    with Site(PAGES.get) as site:
        polling = run(
            installed["connectors"],
            *("poll", f"{site.url}/feed", "--allow", "127.0.0.1", "--broker", broker),
            *("--workers", 1, "--status", f"127.0.0.1:{port}"),
            directory=tmp_path,
            NEWSLINE_STATE=postgres.new_database(),
        )
        until(
            lambda: runs(polling) and asked("connectors", installed["connectors"], port),
            what="a healthy poll",
        )
        until(lambda: runs(polling) and published(port) == 1, what="an article on news.raw")
        polling.terminate()
        output, _ = polling.communicate(timeout=PATIENCE)
        assert polling.returncode == 0, output
    enriching = run(
        installed["worker"],
        *("enrich", "--broker", broker, "--until-caught-up", "--children", 1),
        *("--status", "127.0.0.1:0"),
        directory=tmp_path,
    )
    output, _ = enriching.communicate(timeout=PATIENCE)
    assert enriching.returncode == 0, output
    shown = run(
        installed["connectors"],
        "tail",
        "enriched",
        "--broker",
        broker,
        "--json",
        directory=tmp_path,
    )
    article = json.loads(shown.communicate(timeout=PATIENCE)[0].splitlines()[-1])
    assert article["title"] == TITLE
    assert "Naxos" in {entity["name"] for entity in article["entities"]}


def published(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return sum(
        float(value)
        for value in re.findall(r"^newsline_articles_published_total\S* (\S+)", text, re.M)
    )


def test_the_workers_image_makes_the_topics_and_serves_task_managers(installed, tmp_path):
    broker = f"embedded:{tmp_path / 'broker.db'}"
    creating = run(installed["worker"], "topics", "create", "--broker", broker, directory=tmp_path)
    output, _ = creating.communicate(timeout=PATIENCE)
    assert creating.returncode == 0, output
    status, pool = free_ports(2)
    worker = run(
        installed["worker"],
        *("worker", "--broker", broker, "--status", f"127.0.0.1:{status}"),
        directory=tmp_path,
        NEWSLINE_WORKER_ADDRESS=f"127.0.0.1:{pool}",
    )
    until(
        lambda: runs(worker) and asked("worker", installed["worker"], status),
        what="a healthy worker",
    )
    worker.terminate()
    output, _ = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, output
