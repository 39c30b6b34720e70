"""Make the expectations of tests/connectors/parse/test_conformance.py again: needs Go.

Reads every made feed with gofeed and with newsline. Disagreements that disagreements.toml does not
explain are printed, and nothing is written.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from re import fullmatch
from typing import Any, NamedTuple

from tools.conformance.expectations import write
from tools.conformance.feeds import made_feeds
from tools.conformance.made_feed import MadeFeed
from tools.conformance.reading import Reading, newsline_reading, peer_reading

HERE = Path(__file__).parent


class Disagreement(NamedTuple):
    feed: str
    field: str
    newsline: Any
    peer: Any


def disagreements(feed: str, ours: Reading, peers: Reading) -> list[Disagreement]:
    """The fields that were read differently; ``error`` if one parser alone read the feed."""
    if ours.keys() != peers.keys():
        return [Disagreement(feed, "error", ours, peers)]
    differing = [field for field in ours if ours[field] != peers[field]]
    return [Disagreement(feed, field, ours[field], peers[field]) for field in differing]


def explains(rule: Mapping[str, Any], one: Disagreement) -> bool:
    """Whether a rule of disagreements.toml covers a disagreement."""
    return one.field in rule["fields"] and bool(fullmatch(rule["feeds"], one.feed))


def main() -> int:
    feeds = list(made_feeds())
    ours = {feed.name: newsline_reading(feed) for feed in feeds}
    peers = _peer_readings(feeds)
    found = [one for name in ours for one in disagreements(name, ours[name], peers[name])]
    rules = tomllib.loads((HERE / "disagreements.toml").read_text())["rule"]
    unexplained = [one for one in found if not any(explains(rule, one) for rule in rules)]
    unused = [rule for rule in rules if not any(explains(rule, one) for one in found)]
    for one in unexplained:
        print(f"{one.feed}, {one.field}: newsline {one.newsline!r}, gofeed {one.peer!r}")
    for rule in unused:
        print(f"covers nothing: {rule['feeds']} {rule['fields']}")
    if unexplained or unused:
        return 1
    write(ours)
    print(f"{len(feeds)} feeds, {len({one.feed for one in found})} with explained disagreements")
    return 0


def _peer_readings(feeds: Sequence[MadeFeed]) -> dict[str, Reading]:
    lines = (
        json.dumps({"name": feed.name, "body": b64encode(feed.body).decode()}) for feed in feeds
    )
    done = subprocess.run(
        ["go", "run", "."],
        cwd=HERE / "peer",
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the peer's program failed: {done.stderr[-2_000:]}")
    found = map(json.loads, done.stdout.splitlines())
    return {each["name"]: peer_reading(each) for each in found}


if __name__ == "__main__":
    sys.exit(main())
