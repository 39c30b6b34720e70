"""The feeds of a plan, in their formats. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from simulation.day.pages import moment
from simulation.day.plan import Feed, Kind, Story, Version

WINDOW = 60
"""Entries that a feed lists, the newest."""

Listed = Sequence[tuple[Story, Version]]


def render(feed: Feed, site: str, listed: Listed, asked: float | None) -> bytes:
    """The feed's bytes; ``asked``: the time of asking, for a feed that has that in it."""
    built = asked or max((version.at for _, version in listed), default=0.0)
    match feed.format:
        case "rss":
            return _rss(feed, site, listed, built)
        case "atom":
            return _atom(feed, site, listed, built)
        case "json":
            return _json(feed, site, listed, asked)


def _rss(feed: Feed, site: str, listed: Listed, built: float) -> bytes:
    items = "".join(
        f"<item><title>{escape(version.title)}</title>"
        f"<link>{_link(feed, site, story, version, built)}</link>"
        f'<guid isPermaLink="false">{_name(story)}</guid><pubDate>{_date(story)}</pubDate>'
        f"{_encoded(story, version)}</item>"
        for story, version in listed
    )
    ttl = "<ttl>10</ttl>" if feed.style == "ttl" else ""
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{feed.host}</title><link>{site}/</link>"
        f"<lastBuildDate>{_http_date(built)}</lastBuildDate>{ttl}{items}</channel></rss>"
    ).encode()


def _atom(feed: Feed, site: str, listed: Listed, built: float) -> bytes:
    entries = "".join(
        f"<entry><title>{escape(version.title)}</title><id>{_name(story)}</id>"
        f'<link href="{_link(feed, site, story, version, built)}"/>'
        f"<updated>{moment(version.at)}</updated>"
        f"<published>{moment(story.versions[0].at)}</published>"
        + (f'<content type="html">{escape(_html(version))}</content>' if _full(story) else "")
        + "</entry>"
        for story, version in listed
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{feed.host}</title>'
        f"<id>{site}{feed.path}</id><updated>{moment(built)}</updated>{entries}</feed>"
    ).encode()


def _json(feed: Feed, site: str, listed: Listed, asked: float | None) -> bytes:
    items = [
        {
            "id": _name(story),
            "url": _link(feed, site, story, version, asked),
            "title": version.title,
            "date_published": moment(story.versions[0].at),
            "date_modified": moment(version.at),
        }
        | ({"content_html": _html(version)} if _full(story) else {})
        for story, version in listed
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.host, "_asked": asked}
    return json.dumps(head | {"items": items}).encode()


def _full(story: Story) -> bool:
    return story.kind is Kind.IN_FEED


def _html(version: Version) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in version.paragraphs)


def _encoded(story: Story, version: Version) -> str:
    return f"<content:encoded>{escape(_html(version))}</content:encoded>" if _full(story) else ""


def _name(story: Story) -> str:
    return f"tag:{story.host},2026:{story.number}"


def _link(feed: Feed, site: str, story: Story, version: Version, asked: float | None) -> str:
    tracking = "?utm_source=front" if feed.section is None else ""
    session = f";jsessionid={asked:.0f}" if feed.style == "sessions" else ""
    return f"{site}{story.path(version)}{session}{tracking}"


def _date(story: Story) -> str:
    return _http_date(story.versions[0].at)


def _http_date(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)
