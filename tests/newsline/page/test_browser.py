"""The page in a browser: at two widths, light and dark, in each condition, by keyboard, without
script, and when its server has gone."""

from __future__ import annotations

from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from newsline.page import live, routes
from newsline.service.access import StatusAccess
from tests.support import axe, example_status
from tests.support.browser import chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
TOKEN = "0123456789abcdef"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    async with chromium() as opened:
        yield opened


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(live, "EACH_SECONDS", 0.0)
    monkeypatch.setattr(routes, "EVENT_SECONDS", 0.05)


@asynccontextmanager
async def opened(browser, url, **options):
    """The page, with what the browser complains of and asks for in ``page.faults`` and
    ``page.requests``."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = await context.new_page()
    page.faults, page.requests = [], []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("dialog", lambda dialog: page.faults.append(dialog.message))
    page.on("request", lambda request: page.requests.append(request.url))
    await page.goto(url)
    try:
        yield page
    finally:
        await context.close()


async def updated(page):
    """Return after the next update."""
    before = await page.evaluate("document.body.dataset.beat")
    await page.wait_for_function("before => document.body.dataset.beat !== before", arg=before)


@pytest.mark.parametrize("condition", example_status.STATUSES)
async def test_every_condition_is_accessible_fits_and_asks_nobody_else(
    browser, pipeline, condition
):
    pipeline.becomes(condition)
    async with pipeline.served() as url, opened(browser, url) as page:
        await updated(page)
        await page.evaluate(
            "for (const each of document.querySelectorAll('details:first-of-type')) each.open = 1"
        )
        # Evaluated by the driver, so the page's policy stays as strict as it is.
        await page.evaluate(axe.script())
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                assert await page.evaluate("document.documentElement.scrollWidth") == width
                found = await page.evaluate("axe.run()")
                assert [
                    (each["id"], each["nodes"][0]["html"]) for each in found["violations"]
                ] == []
        assert await page.locator("script").count() == 1
        assert await page.locator("h1").count() == 1
        assert await page.locator("img, iframe, object, [onerror]").count() == 0
        links = await page.evaluate("[...document.links].map(link => link.protocol)")
        assert set(links) <= {"http:", "https:"}
        assert {urlsplit(each).netloc for each in page.requests} == {urlsplit(url).netloc}
        assert page.faults == []


async def test_an_update_changes_the_verdict_and_leaves_the_reader_alone(browser, pipeline):
    pipeline.becomes("working")
    async with pipeline.served() as url, opened(browser, url) as page:
        await updated(page)
        letter = page.locator("#letters details").first
        await letter.locator("summary").click()
        await page.evaluate(
            """() => {
                const title = document.querySelector('article h3 a bdi').firstChild;
                getSelection().setBaseAndExtent(title, 2, title, 9);
                scrollTo(0, 300);
            }"""
        )
        selected = await page.evaluate("getSelection().toString()")
        await page.evaluate(
            "document.querySelectorAll('article h3 a')[1].focus({preventScroll: 1})"
        )
        focused = await page.evaluate("document.activeElement.href")
        scrolled = await page.evaluate("scrollY")
        await updated(page)
        await updated(page)
        assert await page.evaluate("scrollY") == scrolled > 0
        pipeline.condition = "broken"
        await page.wait_for_selector(".verdict.broken")
        pipeline.condition = "working"
        await page.wait_for_selector(".verdict.healthy")
        assert await letter.evaluate("each => each.open")
        assert await page.evaluate("getSelection().toString()") == selected != ""
        assert await page.evaluate("document.activeElement.href") == focused


async def test_new_articles_come_above_those_that_are_read(browser, pipeline):
    pipeline.becomes("working")
    async with pipeline.served() as url, opened(browser, url) as page:
        await updated(page)
        first = page.locator("article").first
        key = await first.get_attribute("data-key")
        await first.evaluate("each => { each.id = 'kept' }")
        pipeline.becomes("hostile")
        await page.wait_for_function(
            "key => document.querySelector('article').dataset.key !== key", arg=key
        )
        assert await page.locator("article").count() == 12
        assert page.faults == []


async def test_a_stream_that_ends_turns_the_page_grey_and_says_since_when(browser, pipeline):
    pipeline.becomes("working")
    async with pipeline.served() as url:
        context = await browser.new_context()
        page = await context.new_page()
        await page.clock.install()
        await page.goto(url)
        await updated(page)
        assert not await page.locator("#old").is_visible()
    await page.clock.fast_forward(15_000)
    await page.wait_for_function("'old' in document.body.dataset")
    await after_15_seconds(page)
    assert await page.locator("#old").is_visible()
    assert "Not updated since" in await page.locator("#old").inner_text()
    assert "does not answer" in await page.locator("[aria-live] #old").inner_text()
    assert (await page.title()).startswith("Not updated")
    for part in ("#headline", "main"):
        assert await style(page, part, "filter") == "grayscale(1)"
    await context.close()


async def after_15_seconds(page):
    """Let the style's own time pass."""
    await page.evaluate("for (const each of document.getAnimations()) each.finish()")


async def style(page, selector, name):
    return await page.eval_on_selector(selector, f"each => getComputedStyle(each).{name}")


async def test_a_stream_that_comes_back_makes_the_page_current_again(browser, pipeline):
    pipeline.becomes("working")
    async with pipeline.served() as url, opened(browser, url) as page:
        await updated(page)
        await after_15_seconds(page)
        await updated(page)
        assert await style(page, "main", "filter") == "none"
        assert not await page.locator("#old").is_visible()


@pytest.mark.parametrize("condition", ["working", "broken"])
async def test_without_script_the_page_is_whole_reloads_itself_and_grows_old(
    browser, pipeline, condition
):
    pipeline.becomes(condition)
    async with (
        pipeline.served() as url,
        opened(browser, url, java_script_enabled=False) as page,
    ):
        assert await page.locator("h1").is_visible()
        assert await page.locator(".stage").count() == 5
        assert await page.locator("svg.spark").count() == 4
        assert await page.locator("article mark").count() > 0
        assert await page.locator("meta[http-equiv=refresh]").count() == 1
        animations = await style(page, "main", "animation")
        assert "14s" in animations
        await page.locator("details summary").first.click()
        await page.fill("#q", "no such title")
        await page.press("#q", "Enter")
        await page.wait_for_selector("#found")
        assert "No title" in await page.locator("#found").inner_text()
        assert page.faults == []


async def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser, pipeline):
    pipeline.becomes("broken")
    async with pipeline.served() as url, opened(browser, url) as page:
        await updated(page)
        await page.keyboard.press("Tab")
        assert await page.locator(".skip").is_visible()
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.id") == "q"
        await page.keyboard.press("Tab")
        assert (
            await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        )
        seen = set()
        for _ in range(40):
            await page.keyboard.press("Tab")
            seen.add(await page.evaluate("document.activeElement.localName"))
        assert {"a", "summary"} <= seen


async def test_a_browser_gives_the_token_once(browser, pipeline):
    pipeline.becomes("working")
    async with pipeline.served(StatusAccess(token=TOKEN)) as url, opened(browser, url) as page:
        await page.evaluate(axe.script())
        assert (await page.evaluate("axe.run()"))["violations"] == []
        await page.fill("#token", TOKEN)
        await page.press("#token", "Enter")
        await page.wait_for_selector(".verdict.healthy")
        assert TOKEN not in page.url
        await updated(page)
        (cookie,) = await page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert TOKEN not in cookie["value"]
