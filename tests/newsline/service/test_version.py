"""``/version``: what runs here."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed

import aiohttp

from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.records import Model
from newsline.service import status, version
from newsline.service.access import StatusAccess
from newsline.service.status import Probes
from tests.newsline.service.test_status import no_broker

MODEL = Model("language", "of this test", "1.2")


async def test_it_has_the_versions_of_newsline_python_schemas_and_models():
    version.note_models([MODEL, MODEL])
    monitor = Monitor(MonitorSources(no_broker, "group"))
    probes = Probes(live=lambda: None, ready=lambda: None)
    async with (
        status.serve("127.0.0.1:0", probes, StatusAccess(), monitor) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}version") as response,
    ):
        told = await response.json()
    assert (told["newsline"], told["python"]) == (installed("newsline"), platform.python_version())
    assert told["schemas"]["news.enriched"] == "newsline.enriched/1"
    assert [model for model in told["models"] if model["name"] == MODEL.name] == [
        {"role": "language", "name": "of this test", "version": "1.2"}
    ]


def test_the_commit_of_a_checkout_is_known_and_of_no_repository_it_is_not(tmp_path, monkeypatch):
    version._commit.cache_clear()
    assert len(version.version().commit) in (0, 40)
    version._commit.cache_clear()
    monkeypatch.setattr(version, "CHECKOUT", tmp_path)
    assert version.version().commit == ""
    version._commit.cache_clear()
