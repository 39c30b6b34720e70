"""Entries whose feed has changed their id or their address: the same article, or another one."""

import pytest

from connectors.poll.entry_handler import ATTEMPTS
from connectors.poll.same_entry import MAX_CHANGING, changed_values, changing
from newsline.records import article_id
from tests.support.connector_harness import FIRST, SECOND, THIRD, feed, item, story

FOURTH = "The town's fishermen asked for a lower berth, and were promised an answer by the spring."
STORM = [
    f"A storm like storm {n} has not been seen on this coast since the gauge was set up."
    for n in range(9)
]
TOLD = [FIRST, SECOND, THIRD, FOURTH]


def redirects(site, path, to):
    site.says(path, status=301, Location=to)


async def test_a_corrected_headline_with_its_address_is_a_revision_of_the_article(harness, site):
    site.says("/feed", feed(item("p5", url="/quay-opens", title="Quay opens")))
    site.says("/quay-opens", story(*TOLD, title="Quay opens"))
    assert await harness.poll() == {"published": 1}
    site.says("/feed", feed(item("p5", url="/quay-shuts", title="Quay shuts")))
    site.says("/quay-shuts", story(*TOLD, title="Quay shuts"))
    redirects(site, "/quay-opens", "/quay-shuts")
    assert await harness.poll() == {"update": 1}
    first, second = harness.articles()
    assert second.article_id == first.article_id == article_id(first.url)
    assert (second.revision, second.changed) == (2, ("title", "url"))
    assert (first.url, second.url) == (f"{site.url}/quay-opens", f"{site.url}/quay-shuts")
    assert (second.cluster_id, second.first_seen) == (first.cluster_id, first.first_seen)
    assert await harness.poll() == {}


async def lists_told_at_old(harness, site):
    """The feed is polled with entry p5 at /old."""
    site.says("/feed", feed(item("p5", url="/old")))
    site.says("/old", story(*TOLD))
    await harness.poll()


def lists_storm_at_new(site):
    """The feed has entry p5 at /new, with another text."""
    site.says("/feed", feed(item("p5", url="/new", title="Storm")))
    site.says("/new", story(*STORM, title="Storm"))


async def test_an_address_alone_that_changes_is_a_revision_too(harness, site):
    await lists_told_at_old(harness, site)
    site.says("/feed", feed(item("p5", url="/new")))
    site.says("/new", story(*TOLD))
    assert await harness.poll() == {"update": 1}
    second = harness.articles()[1]
    assert (second.changed, second.revision_reason) == (("url",), "moved")


async def test_a_rewritten_text_is_the_same_article_where_the_old_address_leads_to_the_new(
    harness, site
):
    await lists_told_at_old(harness, site)
    site.says("/feed", feed(item("p5", url="/new")))
    site.says("/new", story(*STORM, title="Storm"))
    redirects(site, "/old", "/new")
    assert await harness.poll() == {"update": 1}
    assert harness.articles()[1].changed == ("title", "text", "url")


async def test_a_guid_that_is_used_again_is_another_article(harness, site):
    await lists_told_at_old(harness, site)
    lists_storm_at_new(site)
    assert await harness.poll() == {"published": 1}
    first, second = harness.articles()
    assert (second.article_id, second.revision) == (article_id(second.url), 1)
    assert first.article_id != second.article_id


async def test_a_guid_whose_old_address_leads_elsewhere_is_another_article(harness, site):
    await lists_told_at_old(harness, site)
    lists_storm_at_new(site)
    site.says("/front", "<html><body>News of the day</body></html>")
    redirects(site, "/old", "/front")
    assert await harness.poll() == {"published": 1}


async def test_an_article_that_has_moved_is_found_at_its_new_address_by_other_feeds(harness, site):
    site.says("/feed", feed(item("p5", url="/old")))
    site.says("/other", feed(item("x", url="/new")))
    site.says("/third", feed(item("y", url="/mobile")))
    site.says("/old", story(*TOLD))
    await harness.poll()
    site.says("/feed", feed(item("p5", url="/new")))
    site.says("/new", story(*TOLD))
    site.says("/mobile", story(*TOLD, head='<link rel="canonical" href="/new">'))
    assert await harness.poll() == {"update": 1}
    assert await harness.poll("/other", "/third") == {"duplicate": 2}
    first, _ = harness.articles()
    assert len(harness.state.listings(first.article_id)) == 3


async def test_a_new_address_that_cannot_be_read_at_first_is_still_a_move(harness, site):
    await lists_told_at_old(harness, site)
    site.says("/feed", feed(item("p5", url="/new", title="Storm")))
    site.says("/new", status=503)
    redirects(site, "/old", "/new")
    assert await harness.poll() == {"server_error": 1}
    site.says("/new", story(*STORM, title="Storm"))
    assert await harness.poll() == {"update": 1}
    first, second = harness.articles()
    assert second.article_id == first.article_id


async def test_an_old_address_that_cannot_be_asked_for_now_is_asked_again(harness, site):
    await lists_told_at_old(harness, site)
    lists_storm_at_new(site)
    site.says("/old", status=503)
    assert await harness.poll() == {"server_error": 1}
    redirects(site, "/old", "/new")
    assert await harness.poll() == {"update": 1}


async def test_an_old_address_that_is_never_back_does_not_keep_an_article_back(harness, site):
    await lists_told_at_old(harness, site)
    lists_storm_at_new(site)
    site.says("/old", status=503)
    for _ in range(ATTEMPTS - 1):
        assert await harness.poll() == {"server_error": 1}
    assert await harness.poll() == {"published": 1}


async def test_feeds_that_each_have_a_session_list_one_article(harness, site):
    site.says("/harbour", story(*TOLD))
    site.says("/feed", feed(item(url="/harbour?visit=1&id=7")))
    site.says("/other", feed(item("else", url="/harbour?visit=2&id=7")))
    assert await harness.poll() == {"published": 1}
    assert await harness.poll("/other") == {"duplicate": 1}
    (article,) = harness.articles()
    assert len(harness.state.listings(article.article_id)) == 2


async def test_an_article_moves_more_than_once_and_stays_one(harness, site):
    for name in ("one", "two", "three"):
        site.says("/feed", feed(item("p5", url=f"/{name}")))
        site.says(f"/{name}", story(*TOLD))
        await harness.poll()
    articles = harness.articles()
    assert [article.revision for article in articles] == [1, 2, 3]
    assert {article.article_id for article in articles} == {articles[0].article_id}


async def test_an_address_that_comes_back_is_no_news(harness, site):
    for n in range(6):
        name = "www1" if n % 2 else "www2"
        site.says("/feed", feed(item("p5", url=f"/{name}")))
        site.says(f"/{name}", story(*TOLD))
        await harness.poll()
    assert [article.revision for article in harness.articles()] == [1, 2]


async def test_an_address_that_has_an_article_of_its_own_keeps_it(harness, site):
    site.says("/feed", feed(item("p5", url="/old"), item("p6", url="/new")))
    site.says("/old", story(*TOLD))
    site.says("/new", story(*TOLD))
    assert await harness.poll() == {"published": 2}
    site.says("/feed", feed(item("p5", url="/new"), item("p6", url="/new")))
    await harness.poll()
    assert len(harness.articles()) == 2


SESSIONS = [
    "/harbour;jsessionid={n}F9A1",
    "/harbour?PHPSESSID={n}a5b6",
    "/harbour?id=7&token=zz{n}",
    "/harbour?v={n}",
    "/harbour?{n}",
    "/harbour;visit={n}?id=7",
    "/harbour/4f1c9a0be27d4f1c9a0be27d8c3e5{n}a1b/wall-7",
    "/harbour/0c5f2c4{n}-3a51-4b0e-9d6a-7be1c2f0a9d3/",
]


@pytest.mark.parametrize("link", SESSIONS)
@pytest.mark.parametrize("guid", ["g1", None])
async def test_what_is_new_in_a_link_at_each_poll_is_no_address(harness, site, link, guid):
    for n in range(5):
        url = link.format(n=n)
        site.says(url.partition("?")[0], story(*TOLD))
        text = f'<p><a href="{url}">The harbour</a> without its wall</p>'
        listed = item(guid or site.url + url, url=url, title="Harbour", content_html=text)
        site.says("/feed", feed(listed))
        outcomes = await harness.poll()
        assert outcomes == {"published" if n == 0 else "unchanged": 1}
    assert len(harness.articles()) == 1
    assert sum("/harbour" in path for path in site.paths) <= 2


async def test_a_session_takes_nothing_from_an_update(harness, site):
    for n in range(3):
        site.says("/feed", feed(item(url=f"/harbour?token={n}")))
        site.says("/harbour", story(*TOLD))
        await harness.poll()
    site.says("/feed", feed(item(url="/harbour?token=9", title="Harbour shuts")))
    site.says("/harbour", story(*STORM, title="Harbour shuts"))
    assert await harness.poll() == {"update": 1}
    first, second = harness.articles()
    assert (second.url, second.changed) == (first.url, ("title", "text"))


async def test_a_number_that_changes_with_the_article_is_its_address(harness, site):
    for n in range(3):
        site.says("/feed", feed(item("latest", url=f"/story?id={n}", title=f"Day {n}")))
        site.says("/story", story(*(f"{words} On day {n}." for words in TOLD), title=f"Day {n}"))
        assert await harness.poll() == {"published": 1}
    assert len({article.article_id for article in harness.articles()}) == 3


async def test_entries_of_one_title_that_are_listed_together_are_several(harness, site):
    for n in range(4):
        site.says(f"/weather{n}", story(*(f"{words} On day {n}." for words in TOLD)))
    days = [item(f"/w?day={n}", url=f"/w?day={n}", title="Weather") for n in range(4)]
    pages = {str(n): story(*(f"{words} On day {n}." for words in TOLD)) for n in range(4)}

    async def answer(request):
        from aiohttp import web

        return web.Response(body=pages[request.query["day"]])

    site.answers["/w"] = answer
    site.says("/feed", feed(*days[:2]))
    assert await harness.poll() == {"published": 2}
    site.says("/feed", feed(*days[1:3]))
    assert await harness.poll() == {"unchanged": 1, "published": 1}
    site.says("/feed", feed(*days[2:]))
    assert await harness.poll() == {"unchanged": 1, "published": 1}


async def test_a_feed_that_gives_new_guids_at_each_poll_has_one_row_for_each_entry(
    harness, site, tmp_path
):
    site.says("/harbour", story(*TOLD))
    for n in range(4):
        site.says("/feed", feed(item(f"guid-{n}", url="/harbour", title="Harbour")))
        assert await harness.poll() == {"published" if n == 0 else "unchanged": 1}
    stored = harness.state._engine.connect().exec_driver_sql("SELECT count(*) FROM entries")
    assert stored.scalar() == 1
    assert site.paths.count("/harbour") == 1


def test_only_values_may_differ():
    before = "https://a.example/s;v=1/x?a=1&sid=2"
    assert changed_values(before, "https://a.example/s;v=2/x?a=1&sid=3") == {";v": "1", "sid": "2"}
    assert changed_values(before, before) == {}
    for other in (
        "https://a.example/t;v=1/x?a=1&sid=2",
        "https://a.example/s;v=1/x?a=1",
        before + "&b=1",
    ):
        assert changed_values(before, other) == {}
    assert changed_values("https://a.example/s?12", "https://a.example/s?13") == {"": "12"}


def test_a_segment_of_the_path_differs_as_a_parameter_only_if_it_looks_random():
    one, other = "0c5f2c41-3a51-4b0e-9d6a-7be1c2f0a9d3", "4f1c9a0be27d4f1c9a0be27d8c3e51a1b"
    before = f"https://a.example/s/{one}/wall?a=1"
    assert changed_values(before, f"https://a.example/s/{other}/wall?a=1") == {"/2": one}
    for segment in ("tide-of-the-year-2026-and-after", "20261130123456789012", "a"):
        assert changed_values(before, f"https://a.example/s/{segment}/wall?a=1") == {}


def test_changing_parameters_are_few_and_forgotten_when_they_are_refuted():
    assert changing(["a"], {"b"}, set()) == ["a", "b"]
    assert changing(["a", "b"], set(), {"a"}) == ["b"]
    assert changing([], {"x" * 100}, set()) == []
    assert len(changing([], {str(n) for n in range(99)}, set())) == MAX_CHANGING
