"""``newsline feeds add``, ``export`` and ``import``: change or convert the feed list."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsline.cli import options, terminal
from newsline.errors import OperatorError
from newsline.printable import without_logins

if TYPE_CHECKING:
    from connectors.feedlist.discover import DiscoveredFeed
    from connectors.feedlist.feed_list import Feed

FeedListFile = Annotated[
    str,
    typer.Option(
        "--feeds",
        envvar="NEWSLINE_FEEDS",
        metavar="FILE",
        help="The feed list to add to, TOML or OPML; created if it is missing.",
    ),
]
DEFAULT_LIST = "feeds.toml"


def add(
    page: Annotated[
        str, typer.Argument(metavar="PAGE", help="The URL of a site's home page, or of a feed.")
    ],
    feeds: FeedListFile = DEFAULT_LIST,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            envvar="NEWSLINE_FEEDS_ADD_ALL",
            help="Add all feeds found that are not of comments, not only the first.  [off]",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            envvar="NEWSLINE_FEEDS_ADD_DRY_RUN",
            help="Show the feeds found, and add none.  [off]",
        ),
    ] = False,
    allow: options.Allow = [],  # noqa: B006 - Typer makes a list of its own
    contact: options.Contact = "",
) -> None:
    """Find the feed of a site and add it to the feed list."""
    from connectors.feedlist.feed_list import Feed, normalised_url
    from connectors.feedlist.typed_address import typed_urls
    from connectors.text.clean import shortened

    urls = [normalised_url(url, "PAGE") for url in typed_urls(page)]
    listed = _listed(feeds)
    found = asyncio.run(_discover(urls, frozenset(allow), contact))
    for discovered in found:
        terminal.say(without_logins(_description(discovered)))
    wanted = [
        Feed(normalised_url(discovered.url, page), None, shortened(discovered.feed.title, 200))
        for discovered in _wanted(found, every)
    ]
    for feed in wanted:
        if feed.url in listed:
            terminal.say(without_logins(f"{feeds}: listed already: {feed.url}"))
    new = [feed for feed in wanted if feed.url not in listed]
    if not dry_run:
        _add(feeds, new)
    for feed in new:
        done = "would add" if dry_run else "added"
        terminal.say(without_logins(f"{feeds}: {done} {feed.url}"))


def export(
    feeds: Annotated[
        str, typer.Argument(metavar="FEEDS", help="A feed list, a TOML or OPML file.")
    ],
    to: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_FEEDS_EXPORT_TO",
            metavar="FILE",
            show_default="stdout",
            help="The file to write.",
        ),
    ] = "",
) -> None:
    """Write a feed list as OPML 2.0, for other feed readers."""
    from connectors.feedlist.edit import as_opml
    from connectors.feedlist.feed_list import load_feed_list

    if to and _is_same_file(to, feeds):
        raise OperatorError(f"--to {to}: that is the feed list itself: name another file")
    document = as_opml(load_feed_list(feeds).feeds)
    if to:
        _write(Path(to), document)
    else:
        typer.echo(document.decode(), nl=False)


def import_(
    opml: Annotated[
        str, typer.Argument(metavar="OPML", help="An OPML file of another feed reader.")
    ],
    feeds: FeedListFile = DEFAULT_LIST,
) -> None:
    """Add the feeds of an OPML file that are missing from the feed list."""
    from connectors.feedlist.feed_list import load_feed_list

    listed = _listed(feeds)
    others = load_feed_list(opml).feeds
    # Exceptions and logins are for the operator to give, not for a list from elsewhere.
    new = [feed._replace(allow=(), login_file="") for feed in others if feed.url not in listed]
    _add(feeds, new)
    terminal.say(f"{feeds}: {len(new)} added, {len(others) - len(new)} listed already")


def _wanted(found: Sequence[DiscoveredFeed], every: bool) -> Sequence[DiscoveredFeed]:
    """The feeds to add. Raises OperatorError if all are of comments."""
    chosen = [feed for feed in found if not feed.is_of_comments]
    if not chosen:
        raise OperatorError(
            f"only feeds of comments found: to add one all the same, give its URL: {found[0].url}"
        )
    return chosen if every else chosen[:1]


async def _discover(
    urls: Sequence[str], allow: frozenset[str], contact: str
) -> Sequence[DiscoveredFeed]:
    from contextlib import closing
    from importlib import import_module

    from connectors.feedlist.discover import discover
    from connectors.fetch import Fetcher
    from connectors.poll.wiring import CHILD_MEMORY
    from newsline.sandbox.fair_share import FairShare
    from newsline.sandbox.pool import Sandbox

    imports = ("connectors.parse",)
    with closing(
        Sandbox(1, initializer=import_module, initargs=imports, memory_bytes=CHILD_MEMORY)
    ) as sandbox:
        async with Fetcher(contact=contact, allow=allow, children=FairShare(sandbox)) as fetcher:
            found = await discover(urls[0], fetcher, sandbox, urls[1:])
    if not found:
        raise OperatorError(f"{urls[0]}: no feed found: look for one on the site and give its URL")
    return found


def _description(found: DiscoveredFeed) -> str:
    """A feed in one line."""
    newest = f"newest {found.newest:%Y-%m-%d %H:%M} UTC" if found.newest else "no dates"
    one, many = ("sitemap", "sitemaps") if found.feed.sitemaps else ("entry", "entries")
    kind = f"comments, {found.feed.format}" if found.is_of_comments else found.feed.format
    about = f"{kind}, {found.size} {one if found.size == 1 else many}, {newest}"
    return f"{found.feed.title or 'no title'} ({about}): {found.url}"


def _listed(path: str) -> Collection[str]:
    """The URLs in the list; empty if there is no list yet."""
    from connectors.feedlist.feed_list import read_feed_list

    if "://" in path:
        raise OperatorError(f"{path}: not a file: name the feed list with --feeds")
    return {feed.url for feed in read_feed_list(Path(path))} if Path(path).exists() else set()


def _add(path: str, new: Sequence[Feed]) -> None:
    from connectors.feedlist.edit import with_feeds

    file = Path(path)
    if new:
        _write(file, with_feeds(file.name, file.read_bytes() if file.exists() else b"", new))


def _is_same_file(one: str, other: str) -> bool:
    return Path(one).exists() and Path(other).exists() and Path(one).samefile(other)


def _write(path: Path, content: bytes) -> None:
    """Replace the file atomically: a connector may be reading it."""
    path = path.resolve()
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    if path.exists():
        shutil.copymode(path, part)
    os.replace(part, path)
