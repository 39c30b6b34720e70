"""The account of a day: what does not add up, and the figures. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median, quantiles

from rich.table import Table

from newsline.records import RawArticle
from simulation.day.plan import OUT_OF_REACH, Feed, Kind, Story, Version
from simulation.day.run import Day

SUMS = {"published": "published", "updates": "update", "duplicates": "duplicate"}
"""A feed's counts in the state, and the outcomes that they count."""


def wrong(day: Day) -> Iterator[str]:
    """What does not add up, each in a line."""
    yield from _in_the_counts(day)
    yield from _at_the_feeds(day)
    yield from _on_the_topic(day)
    yield from _out_of_reach(day)


def _in_the_counts(day: Day) -> Iterator[str]:
    """Entries are counted in three places: by the metrics, by feed in the state, and by us."""
    handled = sum(day.handled.values(), Counter())
    seen = day.counted["entries_seen"].total()
    if day.counted["entries"] != handled or seen != handled.total():
        yield f"{seen} entries seen, {day.counted['entries']} counted, {handled} handled"
    for feed in day.feeds:
        ours = day.handled.get(feed.url, Counter())
        state = {name: getattr(feed.counts, name) for name in SUMS}
        if feed.counts.entries != ours.total() or state != {n: ours[o] for n, o in SUMS.items()}:
            yield f"{feed.url}: {feed.counts.entries} entries, {state}, but {ours} handled"
    if (polls := day.counted["polls"].total()) != day.polls:
        yield f"{day.polls} polls, {polls} counted"
    kinds = Counter("new" if record.revision == 1 else "update" for record in day.records)
    by_entries = Counter(new=handled["published"], update=handled["update"])
    if not kinds == day.counted["articles_published"] == by_entries:
        yield f"{kinds} on the topic, {day.counted['articles_published']} counted, {by_entries}"


def _at_the_feeds(day: Day) -> Iterator[str]:
    """All is over: what was gone is retired, all else is well and read, and no site was pressed."""
    states = {feed.url: feed for feed in day.feeds}
    for feed in day.plan.feeds:
        state = states[_url(day, feed)]
        if day.plan.is_gone(feed) != (state.last_outcome == "gone"):
            yield f"{state.url} came to {state.last_outcome}"
        if state.last_outcome != "gone" and (state.failures or not state.last_success):
            yield f"{state.url} has not come back: {state.last_outcome}"
        if feed.moved != bool(state.redirect.candidate) and state.last_outcome != "gone":
            yield f"{state.url} moves to {state.redirect.candidate}"
    if day.world.too_early:
        yield f"{day.world.too_early} requests to sites that had asked to be left alone"


def _on_the_topic(day: Day) -> Iterator[str]:
    """Each version that was shown is one revision, each story that could be had is there in its
    last version, and there is nothing else."""
    found = _by_url(day.records)
    for story in day.plan.stories:
        urls = _story_urls(day, story)
        records = sorted(
            (record for url in urls for record in found.pop(url, [])),
            key=lambda record: record.revision,
        )
        if len({record.article_id for record in records}) > 1:
            yield f"{urls[0]} is several articles"
        said = [(record.revision, record.title, record.text) for record in records]
        shown = [version for version, _ in groupby(_readable(day, story))]
        revisions = [(n, v.title, v.text) for n, v in enumerate(shown, start=1)]
        name = f"{story.kind} {urls[0]}"
        if said != revisions and not (story.kind is Kind.IN_FEED and not _feeds(day, story)):
            yield f"{name}: revisions {_brief(said)}, and not {_brief(revisions)}"
        wanted = _feeds(day, story) if story.kind not in OUT_OF_REACH else set()
        if wanted and (not said or said[-1][1:] != (_last(story).title, _last(story).text)):
            yield f"{name}: the last version is missing; there is {_brief(said)}"
        if records and not wanted <= (listed := day.listings[records[0].article_id]):
            yield f"{name}: listed by {sorted(listed)}, and not by {sorted(wanted)}"
    for url in found:
        yield f"{url} is on the topic, and was never written"


def _out_of_reach(day: Day) -> Iterator[str]:
    """What cannot be had comes to its outcome once in each feed that lists it."""
    for kind, outcome in OUT_OF_REACH.items():
        stories = [story for story in day.plan.stories if story.kind is kind]
        least = sum(len(_feeds(day, story)) for story in stories)
        most = sum(day.plan.lists(feed, s) for s in stories for feed in day.plan.feeds)
        if not least <= (count := day.counted["entries"][outcome]) <= most:
            yield f"{count} entries are {outcome}, and not {least} to {most}"


def _readable(day: Day, story: Story) -> Sequence[Version]:
    """The versions that were there to be read when somebody asked."""
    if story.kind in OUT_OF_REACH:
        return []
    return story.versions if story.kind is Kind.IN_FEED else day.world.served[story]


def _feeds(day: Day, story: Story) -> set[str]:
    """The feeds that list the story to the end."""
    plan = day.plan
    listing = (feed for feed in plan.feeds if plan.lists(feed, story) and not plan.is_gone(feed))
    return {_url(day, feed) for feed in listing}


def _by_url(records: Sequence[RawArticle]) -> dict[str, list[RawArticle]]:
    """In the order of the topic, where an article's records are on one partition."""
    found: defaultdict[str, list[RawArticle]] = defaultdict(list)
    for record in records:
        found[record.url].append(record)
    return dict(found)


def _last(story: Story) -> Version:
    return story.versions[-1]


def _url(day: Day, feed: Feed) -> str:
    return day.world.url(feed.host, feed.path)


def _story_urls(day: Day, story: Story) -> Sequence[str]:
    return [day.world.url(story.host, path) for path in story.paths]


def _brief(revisions: Sequence[tuple[int, str, str]]) -> str:
    return ", ".join(f"{number} {title!r}" for number, title, _ in revisions) or "none"


def table(day: Day) -> Table:
    """The figures."""
    shown = Table("a simulated day", "", show_header=False)
    for name, value in _rows(day):
        shown.add_row(name, value)
    return shown


def _rows(day: Day) -> Iterator[tuple[str, str]]:
    plan, outcomes = day.plan, day.counted["entries"]
    hosts = {feed.host for feed in plan.feeds}
    hours = (plan.end - plan.begin) / 3600
    yield "simulated", f"{hours:.0f} h; {len(hosts)} sites, {len(plan.feeds)} feeds"
    kinds = Counter(story.kind.value for story in plan.stories)
    yield "stories written", f"{len(plan.stories)}: {_listed(kinds)}"
    versions = sum(len(story.versions) for story in plan.stories)
    yield "versions written", f"{versions}"
    yield "answers in trouble", _listed(day.world.troubles)
    yield "polls", f"{day.polls}: {_listed(day.counted['polls'])}"
    yield "entries seen", f"{day.counted['entries_seen'].total()}"
    yield "entries by outcome", f"{outcomes.total()}: {_listed(outcomes)}"
    articles = len({record.article_id for record in day.records})
    yield "on news.raw", f"{len(day.records)}: {articles} stories, {outcomes['update']} updates"
    delays = sorted(_delays(day))
    late = quantiles(delays, n=20)[-1]
    yield "from written to news.raw", f"median {median(delays):.0f} min, p95 {late:.0f} min"
    lost = sum((Counter(feed.coverage.lost) for feed in day.feeds), Counter())
    partly = sum(bool(feed.coverage.lost) for feed in day.feeds)
    yield "feeds read partly", f"{partly}, entries lost at the end: {_listed(lost)}"
    yield "gaps between polls", f"{sum(feed.coverage.gaps for feed in day.feeds)}"
    yield "polls per new entry", f"{day.polls / len(day.records):.1f}"


def _delays(day: Day) -> Iterator[float]:
    """Minutes from when a version was written to when it was read; without what stood there before
    the first poll."""
    found = _by_url(day.records)
    for story in day.plan.stories:
        at = {version.title: version.at for version in story.versions}
        records = (record for url in _story_urls(day, story) for record in found.get(url, []))
        for record in records:
            if at[record.title] >= day.plan.begin:
                yield (record.fetched_at.timestamp() - at[record.title]) / 60


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())
