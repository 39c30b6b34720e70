"""``newsline feeds add``, ``export``, ``import``: against a real site, on real files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.feedlist.feed_list import Feed, load_feed_list
from newsline.cli import app
from tests.connectors.feedlist.test_discover import MONDAY, TUESDAY, home, rss
from tests.support import news_site
from tests.support.connector_harness import feed, item
from tests.support.http_server import serve

TOML = '# ours\n[[feed]]\nurl = "https://a.example/rss"  # the first\ninterval = 60'
OPML = """<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><!-- ours --><head><title>Mine</title></head><body>
<outline text="World"><outline text="Ä &amp; B" type="rss" xmlUrl="https://a.example/rss"/></outline>
<outline title="C" text="c" xmlUrl="https://c.example/"/>
</body></opml>
"""


def newsline(*arguments: object):
    return CliRunner().invoke(app, ["feeds", *map(str, arguments)])


async def add(tmp_path, *arguments: str, name: str = "feeds.toml"):
    """The outcome and the URL of a site of two feeds, to whose home page they are added."""
    async with serve() as site:
        site.says("/", home("/one.xml", "/two.xml"))
        site.says("/one.xml", rss("The “One”", TUESDAY))
        site.says("/two.xml", rss("Two", MONDAY))
        site.says("/feed", feed(item()))
        where = ["--feeds", str(tmp_path / name), "--allow", site.host]
        url = site.url if not arguments or arguments[0].startswith("--") else ""
        given = [argument.replace("SITE", site.url) for argument in arguments]
        words = ["add", *([url] if url else []), *given, *where]
        return await asyncio.to_thread(newsline, *words), site.url


async def test_the_feed_of_a_home_page_is_added_and_told(tmp_path):
    done, url = await add(tmp_path)
    path = tmp_path / "feeds.toml"
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        f"The “One” (RSS, 1 entry, newest 2026-11-24 10:00 UTC): {url}/one.xml",
        f"Two (RSS, 1 entry, newest 2026-11-23 10:00 UTC): {url}/two.xml",
        f"{path}: added {url}/one.xml",
    ]
    assert load_feed_list(str(path)).feeds == (Feed(f"{url}/one.xml", title="The “One”"),)


async def test_all_feeds_are_added_when_asked_for(tmp_path):
    _, url = await add(tmp_path, "--all")
    listed = load_feed_list(str(tmp_path / "feeds.toml")).feeds
    assert [each.url for each in listed] == [f"{url}/one.xml", f"{url}/two.xml"]


async def test_a_dry_run_writes_nothing(tmp_path):
    done, url = await add(tmp_path, "--dry-run")
    assert done.stdout.endswith(f"would add {url}/one.xml\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "content"), [("feeds.toml", TOML), ("feeds.opml", OPML)])
async def test_what_is_in_the_list_stays_as_it_is(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    path.chmod(0o640)
    before = load_feed_list(str(path)).feeds
    _, url = await add(tmp_path, name=name)
    title = "The “One”"
    assert load_feed_list(str(path)).feeds == (*before, Feed(f"{url}/one.xml", title=title))
    assert "ours" in path.read_text()
    if name.endswith("toml"):
        assert path.read_text().startswith(content)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == [name]


async def test_what_is_listed_already_is_said_and_no_error(tmp_path):
    async with serve() as site:
        site.says("/feed", feed(item()))
        path = tmp_path / "feeds.toml"
        words = ["add", f"{site.url}/feed", "--feeds", path, "--allow", site.host]
        await asyncio.to_thread(newsline, *words)
        written = path.read_text()
        done = await asyncio.to_thread(newsline, *words)
    assert done.exit_code == 0
    assert done.stdout.endswith(f"{path}: listed already: {site.url}/feed\n")
    assert path.read_text() == written


@pytest.mark.parametrize(
    "body",
    [
        '<a class="rss" href="/news-en.rss">RSS</a>',
        '<link rel="feed" href="/news-en.rss">',
        '<link rel="alternate" title="RSS" href="/news-en.rss">',
        '<link rel="alternate" type="application/rss+xml" href="feed:SITE/news-en.rss">',
    ],
)
@pytest.mark.parametrize("typed", ["SITE", "HOST", "HOST/ – our site", "<SITE/>,"])
async def test_the_feed_is_found_however_the_page_names_it_and_the_operator_the_page(
    tmp_path, body, typed
):
    async with serve() as site:
        site.says("/", body.replace("SITE", site.url))
        site.says("/news-en.rss", rss("News", MONDAY))
        page = typed.replace("SITE", site.url).replace("HOST", site.host)
        words = ["add", page, "--feeds", tmp_path / "f.toml", "--allow", site.host]
        done = await asyncio.to_thread(newsline, *words)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(f"added {site.url}/news-en.rss\n")


async def test_a_feed_of_comments_is_shown_and_added_only_by_its_own_url(tmp_path):
    path = tmp_path / "f.toml"
    async with serve() as site:
        site.says("/", home("/comments/feed"))
        site.says("/comments/feed", rss("Comments", MONDAY))
        options = ["--feeds", path, "--allow", site.host]
        done = await asyncio.to_thread(newsline, "add", site.url, "--all", *options)
        assert (done.exit_code, path.exists()) == (1, False)
        assert "only feeds of comments" in done.stderr
        await asyncio.to_thread(newsline, "add", f"{site.url}/comments/feed", *options)
    assert [each.title for each in load_feed_list(str(path)).feeds] == ["Comments"]


async def test_a_site_without_a_feed_is_told_in_one_line(tmp_path):
    async with serve() as site:
        site.says("/", home())
        words = ["add", site.url, "--feeds", tmp_path / "f.toml", "--allow", site.host]
        done = await asyncio.to_thread(newsline, *words)
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "no feed found" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "ftp://a.example/"], "is not an http or https URL"),
        (["add", "a.example", "--feeds", "https://a.example/"], "not a file"),
        (["import", "missing.opml"], "missing.opml: No such file"),
        (["export", "missing.toml"], "missing.toml: No such file"),
        (
            ["export", "ours.toml", "--to", "ours.toml"],
            "--to ours.toml: that is the feed list itself",
        ),
        (["import", "ours.toml", "--feeds", "inline.toml"], "inline.toml: cannot add a feed"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    lists = {Path("ours.toml"): TOML, Path("inline.toml"): "feed = []\n"}
    for path, text in lists.items():
        path.write_text(text)
    done = newsline(*arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert message in done.stderr
    assert {path.relative_to(tmp_path): path.read_text() for path in tmp_path.iterdir()} == lists


def test_opml_comes_in_with_its_titles_and_folders(tmp_path):
    path, opml = tmp_path / "feeds.toml", tmp_path / "in.opml"
    path.write_text(TOML)
    opml.write_text(OPML)
    done = newsline("import", opml, "--feeds", path)
    assert done.stdout == f"{path}: 1 added, 1 listed already\n"
    assert load_feed_list(str(path)).feeds == (
        Feed("https://a.example/rss", 60),
        Feed("https://c.example/", title="C"),
    )


@pytest.mark.parametrize("to_file", [True, False])
def test_a_list_that_goes_out_as_opml_and_comes_in_again_is_the_same(tmp_path, to_file):
    path, out, again = (tmp_path / name for name in ("in.opml", "out.opml", "again.toml"))
    path.write_text(OPML)
    if to_file:
        newsline("export", path, "--to", out)
    else:
        out.write_text(newsline("export", path).stdout)
    newsline("import", out, "--feeds", again)
    assert (
        load_feed_list(str(again)).feeds
        == load_feed_list(str(out)).feeds
        == load_feed_list(str(path)).feeds
    )
    assert load_feed_list(str(path)).feeds[0] == Feed(
        "https://a.example/rss", title="Ä & B", folder="World"
    )


def test_intervals_and_titles_with_controls_go_out_and_come_in_again(tmp_path):
    path, out, again = (tmp_path / name for name in ("in.toml", "out.opml", "again.opml"))
    path.write_text(TOML + '\ntitle = "a\\u0001b"\nfolder = "World"')
    again.write_text(OPML.replace("https://a.example/rss", "https://b.example/rss"))
    assert newsline("export", path, "--to", out).exit_code == 0
    newsline("import", out, "--feeds", again)
    ours = Feed("https://a.example/rss", 60, "ab", "World")
    assert load_feed_list(str(out)).feeds == (ours,)
    assert ours in load_feed_list(str(again)).feeds


def test_an_import_makes_an_opml_file_where_there_is_none(tmp_path):
    opml, path = tmp_path / "in.opml", tmp_path / "out.opml"
    opml.write_text(OPML)
    newsline("import", opml, "--feeds", path)
    assert path.read_text().startswith("<?xml")
    assert load_feed_list(str(path)) == load_feed_list(str(opml))


@pytest.mark.parametrize(
    "words",
    [
        ["feeds", "add", "http://me:secret@127.0.0.1:9/feed", "--dry-run"],
        ["feeds", "add", "http://me:secret@127.0.0.1:99999/feed"],
        ["feeds", "check", "http://me:secret@127.0.0.1:9/feed"],
        ["feeds", "check", "http://me:secret@"],
        ["feeds", "resume", "http://me:secret@127.0.0.1:9/feed"],
        ["feeds", "forget-move", "http://me:secret@127.0.0.1:9/feed"],
        ["trace", "http://me:secret@127.0.0.1:9/feed"],
        ["poll", "http://me:secret@127.0.0.1:9/feed", "--once", "--status", "127.0.0.1:0"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_password_in_a_typed_url_is_never_printed(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["--debug", *words])
    assert done.output
    assert "secret" not in done.output


def test_a_feed_with_a_login_is_added_with_it_and_shown_without(tmp_path):
    with news_site.Site({"/feed": (200, "application/rss+xml", news_site.rss([]))}.get) as site:
        feeds = tmp_path / "f.toml"
        typed = f"http://me:secret@{site.host}/feed"
        done = CliRunner().invoke(
            app, ["feeds", "add", typed, "--feeds", str(feeds), "--allow", site.host]
        )
    assert f"added http://{site.host}/feed" in done.output
    assert "secret" not in done.output
    assert typed in feeds.read_text()
