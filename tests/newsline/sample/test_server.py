from __future__ import annotations

import asyncio
import signal
import sys
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from lxml import html

from newsline.sample import Newsroom
from newsline.sample.sites import SITES
from newsline.sample.stories import STORIES, Role

TYPES = ["application/rss+xml", "application/atom+xml", "application/feed+json"]


def story(slug, revision=1):
    return next(story for story in STORIES if (story.slug, story.revision) == (slug, revision))


async def until_chapter_two(newsroom, session):
    """Read what has to be read for it to begin, and wait until it has."""
    for url in (*newsroom.feeds, newsroom.edition.url(story("ferry-aground"))):
        await session.get(url)
    await asyncio.wait_for(newsroom.second_chapter.wait(), 10)


async def canonical(session, url):
    async with session.get(url) as response:
        assert response.status == 200
        return html.fromstring(await response.text()).xpath('//link[@rel="canonical"]/@href')


async def test_each_site_has_its_own_origin_and_serves_one_feed(newsroom, session):
    assert len(set(newsroom.hosts)) == len(newsroom.feeds) == len(SITES)
    assert [url.split("/")[2] for url in newsroom.feeds] == list(newsroom.hosts)
    for url, content_type in zip(newsroom.feeds, TYPES, strict=True):
        async with session.get(url) as response:
            assert response.status == 200
            assert response.content_type == content_type
            assert response.charset == "utf-8"


async def test_a_feed_that_has_not_changed_answers_304(newsroom, session):
    for url in newsroom.feeds:
        async with session.get(url) as response:
            tag, modified = response.headers["ETag"], response.headers["Last-Modified"]
        for condition in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
            async with session.get(url, headers=condition) as response:
                assert response.status == 304
                assert await response.read() == b""
                assert response.headers["ETag"] == tag
        # If-None-Match goes first, whatever If-Modified-Since says.
        both = {"If-None-Match": '"other"', "If-Modified-Since": modified}
        async with session.get(url, headers=both) as response:
            assert response.status == 200


async def test_in_chapter_two_only_the_feeds_that_changed_are_sent_again(newsroom, session):
    tags, times = [], []
    for url in newsroom.feeds:
        async with session.get(url) as response:
            tags.append(response.headers["ETag"])
            times.append(parsedate_to_datetime(response.headers["Last-Modified"]))
    await until_chapter_two(newsroom, session)
    statuses = []
    for url, tag, time in zip(newsroom.feeds, tags, times, strict=True):
        since = {"If-Modified-Since": format_datetime(time, usegmt=True)}
        for condition in ({"If-None-Match": tag}, since):
            async with session.get(url, headers=condition) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 200, 200, 304, 304]


async def test_the_story_goes_to_chapter_two_and_is_told_when_all_feeds_are_read_again(
    newsroom, session
):
    late, revised = story("earthquake-breaking"), story("ferry-aground", revision=2)
    async with session.get(newsroom.edition.url(late)) as response:
        assert response.status == 404
    await until_chapter_two(newsroom, session)
    async with session.get(newsroom.edition.url(late)) as response:
        assert response.status == 200
    async with session.get(newsroom.edition.url(revised)) as response:
        assert revised.title in await response.text()
    for url in newsroom.feeds:
        assert not newsroom.finished.is_set()
        await session.get(url)
    await asyncio.wait_for(newsroom.finished.wait(), 10)


async def test_chapter_two_waits_for_whoever_has_not_read_the_page_that_will_change(
    newsroom, session
):
    for _ in range(3):
        for url in newsroom.feeds:
            await session.get(url)
    assert not newsroom.second_chapter.is_set()
    await until_chapter_two(newsroom, session)


@pytest.mark.parametrize("slug", ["port-strike-talks", "river-barrier", "ferry-aground"])
async def test_every_address_of_an_article_names_the_same_canonical_one(newsroom, session, slug):
    edition = newsroom.edition
    url, second = edition.url(story(slug)), edition.second_url(story(slug))
    joint = "&" if "?" in url else "?"
    for address in (url, second, f"{url}{joint}utm_source=rss&utm_medium=feed"):
        assert await canonical(session, address) == [url]


async def test_every_link_of_every_feed_leads_where_its_role_says(newsroom, session):
    await until_chapter_two(newsroom, session)
    edition = newsroom.edition
    for site in SITES.values():
        for item in edition.items(site):
            async with session.get(item.url) as response:
                gone = item.story.role in (Role.GONE, Role.PAGE_GONE)
                assert response.status == (404 if gone else 200)
                pdf = item.story.role is Role.NOT_HTML
                assert response.content_type == ("application/pdf" if pdf else "text/html")
                assert (await response.read()).startswith(b"%PDF-" if pdf else b"<!DOCTYPE")


async def test_robots_may_read_articles_but_nothing_private(newsroom, session):
    for host in newsroom.hosts:
        async with session.get(f"http://{host}/robots.txt") as response:
            assert "Disallow: /private/" in await response.text()
            assert response.content_type == "text/plain"
        async with session.get(f"http://{host}/") as response:
            assert response.content_type == "text/html"


async def test_times_are_told_from_when_the_newsroom_opened(newsroom):
    edition = newsroom.edition
    storm = story("storm-irena")
    assert (edition.opened - edition.published(storm)).total_seconds() == 18 * 60


async def test_two_newsrooms_stand_side_by_side_and_close_behind_them(session):
    async with Newsroom() as one, Newsroom() as other:
        assert not set(one.hosts) & set(other.hosts)
        assert one.expected == other.expected
        url = one.feeds[0]
    with pytest.raises(OSError, match="Cannot connect"):
        await session.get(url)


async def test_the_module_serves_until_it_is_interrupted(session):
    command = (sys.executable, "-m", "newsline.sample")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        for content_type in TYPES:
            url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
            async with session.get(url) as response:
                assert response.content_type == content_type
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
