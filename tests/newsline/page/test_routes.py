"""The page over HTTP, without a browser."""

import asyncio
import json

import aiohttp
import pytest

from newsline.page import live, routes
from newsline.records import RAW_TOPIC
from tests.support import example_status
from tests.support.example_records import raw_article, raw_message

ENOUGH = 30


async def get(url, **parameters):
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, params=parameters) as response,
    ):
        return response.status, await response.text(), response.headers


async def next_event(response):
    """The data of the next event of a stream."""
    async with asyncio.timeout(ENOUGH):
        while True:
            line = await response.content.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: "):
                return json.loads(line.removeprefix(b"data: "))


@pytest.mark.parametrize("condition", example_status.STATUSES)
async def test_the_page_is_whole_without_script_and_may_run_no_foreign_one(pipeline, condition):
    pipeline.becomes(condition)
    async with pipeline.served() as url:
        code, html, headers = await get(url)
    assert code == 200
    assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert html.count("<script") == 1
    assert html.count("<h1") == 1
    assert "style=" not in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "could not be made" not in html


async def test_before_the_first_article_there_is_a_page_and_no_figure_is_made_up(pipeline):
    async with pipeline.served() as url:
        code, html, _ = await get(url)
    assert code == 200
    assert "unknown</span></b> enriched" in html
    assert "None yet." in html


@pytest.mark.parametrize("failure", [RuntimeError("no figures"), ZeroDivisionError()])
async def test_a_monitor_that_fails_makes_figures_unknown_and_no_error_of_the_server(
    pipeline, failure
):
    pipeline.becomes("working")
    pipeline.failure = failure
    async with pipeline.served() as url:
        code, html, _ = await get(url)
    assert code == 200
    assert 'class="verdict unknown"' in html
    assert "verdict healthy" not in html


async def test_figures_that_do_not_move_on_are_unknown(pipeline, monkeypatch):
    monkeypatch.setattr(live, "STALE_SECONDS", 0.0)
    monkeypatch.setattr(live, "EACH_SECONDS", 0.0)
    frozen = example_status.working()
    monkeypatch.setattr(pipeline, "status", lambda: frozen)
    async with pipeline.served() as url:
        _, html, _ = await get(url)
    assert "verdict healthy" not in html


async def test_a_broker_that_is_gone_leaves_a_page_that_says_so(pipeline, tmp_path):
    pipeline.broker.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "broker.db").mkdir()
    pipeline.condition = "broken"
    async with pipeline.served() as url:
        code, html, _ = await get(url)
    assert code == 200
    assert "Unknown: news.enriched was not read" in html


async def test_a_part_that_cannot_be_made_leaves_the_others(pipeline, monkeypatch):
    def fail(*_):
        raise ValueError

    monkeypatch.setattr("newsline.page.walk.walk", fail)
    pipeline.becomes("working")
    async with pipeline.served() as url:
        code, html, _ = await get(url)
    assert code == 200
    assert "this part could not be made" in html
    assert "Fresh articles flow" in html


async def test_events_bring_what_has_changed_and_end_with_the_server(pipeline, monkeypatch):
    monkeypatch.setattr(live, "EACH_SECONDS", 0.0)
    monkeypatch.setattr(routes, "EVENT_SECONDS", 0.01)
    pipeline.becomes("working")
    async with (
        aiohttp.ClientSession() as session,
        pipeline.served() as url,
        session.get(f"{url}events") as response,
    ):
        first = await next_event(response)
        assert first["condition"] == "healthy"
        assert {"headline", "walk", "articles"} <= set(first["parts"])
        assert "headline" not in (await next_event(response))["parts"]
        pipeline.condition = "broken"
        while (event := await next_event(response))["condition"] != "broken":
            pass
        assert "enriched nothing" in event["parts"]["headline"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_the_page_can_only_be_read(pipeline, method):
    async with pipeline.served() as url, aiohttp.ClientSession() as session:
        for path in ("", "events", "page.js"):
            async with session.request(method, url + path) as response:
                assert response.status == 405


async def test_an_article_is_found_by_its_title_url_and_id_with_its_whole_trace(pipeline):
    article = raw_article(title="Harbour of <b>Naxos</b> reopens")
    pipeline.broker.producer("test").commit([raw_message(article)])
    async with pipeline.served() as url:
        for query in ("naxos HARBOUR", article.article_id):
            code, html, _ = await get(url, q=query)
            assert code == 200
            assert f"{RAW_TOPIC}[" in html
            assert "Harbour of &lt;b&gt;Naxos" in html
        for query in ("nothing like it", "https://example.org/none", "f" * 32, "%", "<script>"):
            code, html, _ = await get(url, q=query)
            assert code == 200
            assert '<ol class="events">' not in html
            assert html.count("<script") == 1


async def test_a_title_of_several_articles_is_a_choice(pipeline):
    articles = [raw_article(number, title=f"Harbour {number}") for number in (1, 2)]
    pipeline.broker.producer("test").commit([raw_message(article) for article in articles])
    async with pipeline.served() as url:
        _, html, _ = await get(url, q="harbour")
    assert all(f'href="/?q={article.article_id}"' in html for article in articles)


async def test_a_search_ends_in_time_and_says_so(pipeline, monkeypatch):
    monkeypatch.setattr("newsline.page.search.SECONDS", -1.0)
    pipeline.broker.producer("test").commit([raw_message(raw_article())])
    async with pipeline.served() as url:
        for query in ("f" * 32, "harbour"):
            code, html, _ = await get(url, q=query)
            assert code == 200
            assert "newsline trace searches" in html or "The search ended" in html


async def test_the_icon_has_the_color_of_the_condition(pipeline):
    async with pipeline.served() as url:
        broken = (await get(f"{url}icon.svg?broken"))[1]
        unknown = (await get(f'{url}icon.svg?"><script>'))[1]
    assert broken != unknown
    assert "<script" not in unknown
