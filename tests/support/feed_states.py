"""Feeds as polls have left them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from connectors.feedlist.feed_list import Feed
from connectors.state import AfterPoll, FeedState, State


def put(state: State, *feeds: FeedState) -> Sequence[FeedState]:
    """Make these the listed feeds, in these states. Returns them with their numbers."""
    state.enlist([Feed(feed.url, feed.fixed_interval) for feed in feeds])
    numbered = [feed._replace(id=state.feed(feed.url).id) for feed in feeds]
    for feed in numbered:
        state.claim(feed.url, time.time())
    state.save_polls([AfterPoll(feed) for feed in numbered])
    return numbered
