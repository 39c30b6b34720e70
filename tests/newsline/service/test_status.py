import socket

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from newsline.broker import BrokerUnreachable
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.service import metrics, status, status_metrics
from newsline.service.access import StatusAccess
from newsline.service.http_server import ListenAddressError
from newsline.service.status import Probes


def no_broker():
    raise BrokerUnreachable("no broker answers")


def monitor():
    return Monitor(MonitorSources(no_broker, "group"))


WELL = Probes(live=lambda: None, ready=lambda: None)


def page(application):
    async def show(_):
        return web.Response(text="the page")

    application.add_routes([web.get("/", show)])


async def get(url, path="", host=None):
    headers = {"Host": host} if host else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url + path, headers=headers) as response,
    ):
        return response.status, await response.text(), response.headers


def defined():
    """Every metric that metrics.py makes, as it describes itself."""
    made = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    return {family.name: family for metric in made for family in metric.describe()}


async def test_metrics_are_prometheus_text_with_every_metric_and_its_help():
    async with status.serve("127.0.0.1:0", WELL, StatusAccess(), monitor(), page) as url:
        code, text, headers = await get(url, "metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert code == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert len(defined()) > 10
    for name, described in defined().items():
        if name in status_metrics.NAMES:
            continue  # unknown to a monitor without a broker
        assert families[name].documentation == described.documentation
        assert families[name].type == described.type


async def test_probes_answer_ok_while_all_is_well():
    async with status.serve("127.0.0.1:0", WELL, StatusAccess(), monitor(), page) as url:
        assert (await get(url, "livez"))[:2] == (200, "ok")
        assert (await get(url, "readyz"))[:2] == (200, "ok")


async def test_a_probe_that_fails_is_503_with_the_reason_and_leaves_the_other_alone():
    problems = ["the broker does not answer"]
    probes = Probes(live=lambda: None, ready=lambda: problems[0] if problems else None)
    async with status.serve("127.0.0.1:0", probes, StatusAccess(), monitor(), page) as url:
        assert (await get(url, "readyz"))[:2] == (503, "the broker does not answer")
        assert (await get(url, "livez"))[0] == 200
        problems.clear()
        assert (await get(url, "readyz"))[0] == 200


@pytest.mark.parametrize("address", ["9400", ":9400", "localhost", "localhost:x", "[::1]:70000"])
async def test_what_is_no_address_is_said_so(address):
    with pytest.raises(ListenAddressError, match="is not HOST:PORT"):
        async with status.serve(address, WELL, StatusAccess(), monitor(), page):
            pass


async def test_a_port_in_use_is_said_so_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ListenAddressError, match=r"Address already in use.*--status"):
            async with status.serve(address, WELL, StatusAccess(), monitor(), page):
                pass


async def test_a_host_that_is_none_is_said_so():
    with pytest.raises(ListenAddressError, match=r"host.invalid:0 \(\D+\): give another"):
        async with status.serve(
            "host.invalid:0", WELL, StatusAccess(behind_proxy=True), monitor(), page
        ):
            pass


@pytest.mark.parametrize("path", ["", "metrics", "readyz"])
async def test_a_name_that_may_be_anybodys_is_refused(path):
    async with status.serve("127.0.0.1:0", WELL, StatusAccess(), monitor(), page) as url:
        port = url.rstrip("/").rpartition(":")[2]
        for host in ("attacker.example", f"attacker.example:{port}", "127.0.0.1.attacker.example"):
            code, text, _ = await get(url, path, host)
            assert (code, "NEWSLINE_STATUS_HOSTS" in text) == (403, True)


@pytest.mark.parametrize(
    "host",
    [
        "localhost:9400",
        "127.0.0.1:9400",
        "[::1]:9400",
        "10.0.3.7:9401",
        "connectors:9401",
        "task-1",
    ],
)
async def test_addresses_and_names_without_a_dot_are_answered(host):
    async with status.serve("127.0.0.1:0", WELL, StatusAccess(), monitor(), page) as url:
        assert (await get(url, "livez", host))[0] == 200


async def test_further_names_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("NEWSLINE_STATUS_HOSTS", "news.example.org:8000, Status.example.org.")
    async with status.serve("127.0.0.1:0", WELL, StatusAccess(), monitor(), page) as url:
        for host in ("news.example.org", "status.example.org:443", "NEWS.example.org."):
            assert (await get(url, "", host))[0] == 200
        assert (await get(url, "", "example.org"))[0] == 403
