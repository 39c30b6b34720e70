"""Who may read the status endpoints."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from newsline.broker import BrokerUnreachable
from newsline.errors import OperatorError
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.service import access, status
from newsline.service.access import StatusAccess
from newsline.service.login import WELCOME
from newsline.service.status import Probes
from tests.support.command import newsline

TOKEN = "0123456789abcdef"
GUARDED = StatusAccess(token=TOKEN)
WELL = Probes(live=lambda: None, ready=lambda: None)
BROWSER = {"Accept": "text/html,*/*"}


def no_broker():
    raise BrokerUnreachable("no broker answers")


def monitor():
    return Monitor(MonitorSources(no_broker, "group"))


def page(application):
    async def show(_):
        return web.Response(text="the page")

    application.add_routes([web.get("/", show)])


@pytest.fixture
async def url():
    async with status.serve("127.0.0.1:0", WELL, GUARDED, monitor(), page) as served:
        yield served.rstrip("/")


@pytest.fixture
async def reader():
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def code(reader, address, **headers):
    async with reader.get(address, headers=headers, allow_redirects=False) as response:
        return response.status


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0:9400", "[::]:9400", "10.1.2.3:0", "news.example.org:80", "127.0.0.1.evil.example:1"],
)
def test_an_address_that_others_reach_is_refused_with_what_to_do(address):
    with pytest.raises(OperatorError) as refused:
        access.check_bind(address, StatusAccess())
    line = str(refused.value)
    assert address in line
    assert "--status-token" in line
    assert "--behind-proxy" in line
    assert "\n" not in line
    access.check_bind(address, GUARDED)
    access.check_bind(address, StatusAccess(behind_proxy=True))


@pytest.mark.parametrize(
    "address", ["127.0.0.1:0", "127.8.9.1:1", "[::1]:9400", "localhost:1", "[::ffff:127.0.0.1]:1"]
)
def test_an_address_of_this_machine_alone_needs_nothing(address):
    access.check_bind(address, StatusAccess())


async def test_newsline_status_reads_a_guarded_process_with_the_token_in_a_file(url, tmp_path):
    secret = tmp_path / "status-token"
    secret.write_text(f"{TOKEN}\n")
    secret.chmod(0o600)
    refused = await asyncio.to_thread(newsline, "status", url)
    assert "401" in refused.stderr
    answer = await asyncio.to_thread(
        newsline, "status", url, NEWSLINE_STATUS_TOKEN_FILE=str(secret)
    )
    assert "stage: broker" in answer.stdout


async def test_serving_everyone_is_refused_before_anything_listens():
    with pytest.raises(OperatorError, match="--behind-proxy"):
        async with status.serve("0.0.0.0:0", WELL, StatusAccess(), monitor(), page):
            pass


@pytest.mark.parametrize("path", ["/", "/metrics", "/events", "/status.json", "/nothing"])
async def test_without_the_token_nothing_is_told(url, reader, path):
    assert await code(reader, url + path) == 401
    assert await code(reader, url + path, Authorization="Bearer wrong") == 401
    assert await code(reader, url + path, Authorization=f"Basic {TOKEN}") == 401
    assert await code(reader, url + path, Cookie=f"newsline_status={TOKEN}") == 401


async def test_programs_send_the_token_in_a_header(url, reader):
    for scheme in ("Bearer", "bearer"):
        assert await code(reader, f"{url}/metrics", Authorization=f"{scheme} {TOKEN}") == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_probes_are_answered_without_a_token_as_the_kubelet_has_none(url, reader, path):
    assert await code(reader, url + path) == 200


async def test_a_browser_is_asked_and_then_remembered_without_the_token_in_its_cookie(url, reader):
    async with reader.get(url, headers=BROWSER) as response:
        assert response.status == 401
        assert 'name="token"' in await response.text()
    async with reader.get(f"{url}/?token={TOKEN}", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, WELCOME)
        cookie = response.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert TOKEN not in cookie
    async with reader.get(url) as response:
        assert (response.status, await response.text()) == (200, "the page")


async def test_a_wrong_token_is_refused_even_beside_a_good_cookie(url, reader):
    assert await code(reader, f"{url}/?token={TOKEN}") == 303
    assert await code(reader, f"{url}/?token=wrong") == 401
    assert await code(reader, f"{url}/?token=") == 401
    assert await code(reader, f"{url}/?token=%E2%82%AC") == 401


def test_the_cookie_of_another_token_is_worthless():
    cookie = access.cookie_value(GUARDED)
    assert access.has_token(GUARDED, "", cookie)
    assert not access.has_token(StatusAccess(token="another"), "", cookie)


def test_the_token_is_read_from_a_file(tmp_path, monkeypatch):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("NEWSLINE_STATUS_TOKEN_FILE", str(file))
    assert access.access("", behind_proxy=False) == GUARDED
    assert access.access("given", behind_proxy=True) == StatusAccess("given", behind_proxy=True)


@pytest.mark.parametrize("content", ["", "two words", " x", "müll", "\n\n"])
def test_a_token_that_no_header_can_carry_is_refused(tmp_path, monkeypatch, content):
    file = tmp_path / "token"
    file.write_text(content)
    monkeypatch.setenv("NEWSLINE_STATUS_TOKEN_FILE", str(file))
    with pytest.raises(OperatorError, match="openssl rand"):
        access.access("", behind_proxy=False)
