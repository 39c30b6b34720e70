"""One source of slow tasks does not hold up the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest

from newsline.sandbox import fair_share
from newsline.sandbox.fair_share import FairShare, Postponed
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, Sandbox, SandboxClosed
from tests.support import sandbox_tasks as tasks

ENOUGH = 60.0


class Hand:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def shared(workers: int, clock=time.monotonic) -> AsyncIterator[FairShare]:
    with closing(Sandbox(workers)) as sandbox:
        yield FairShare(sandbox, clock)


async def late(children: FairShare, *kinds: str) -> object:
    return await children.attempt(tasks.backtrack, deadline=0.05, source="bad", kinds=kinds)


async def quick(children: FairShare, *kinds: str, source: str = "good") -> object:
    return await children.attempt(tasks.double, 2, deadline=ENOUGH, source=source, kinds=kinds)


async def test_a_slow_source_leaves_a_child_to_the_others(monkeypatch):
    monkeypatch.setattr(fair_share, "SLOW_SECONDS", 0.1)
    async with shared(2) as children:
        await children.attempt(tasks.sleep, 0.3, deadline=ENOUGH, source="bad")
        hour = [
            asyncio.create_task(children.attempt(tasks.sleep, 3600, deadline=7200, source="bad"))
            for _ in range(5)
        ]
        assert [await quick(children) for _ in range(10)] == [4] * 10
        assert not any(task.done() for task in hour)
        for task in hour:
            task.cancel()


async def test_a_new_source_begins_with_one_task():
    async with shared(2) as children:
        hour = [
            asyncio.create_task(children.attempt(tasks.sleep, 3600, deadline=7200, source="new"))
            for _ in range(5)
        ]
        assert await quick(children) == 4
        for task in hour:
            task.cancel()


async def test_the_tasks_of_a_quick_source_run_side_by_side():
    async with shared(2) as children:
        await quick(children)
        many = await asyncio.gather(*(quick(children) for _ in range(50)))
        assert many == [4] * 50


async def test_after_three_late_tasks_in_a_row_there_is_a_pause_which_doubles_up_to_an_hour():
    clock = Hand()
    async with shared(1, clock) as children:
        for _ in range(3):
            assert isinstance(await late(children, "pages"), DeadlineExceeded)
        pauses = []
        for _ in range(8):
            postponed = await late(children, "pages")
            assert isinstance(postponed, Postponed)
            pauses.append(postponed.seconds)
            clock.now += postponed.seconds
            assert isinstance(await late(children, "pages"), DeadlineExceeded)
        assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]


async def test_a_pause_is_of_its_kind_only():
    async with shared(1, Hand()) as children:
        for _ in range(3):
            await late(children, "feed", "site")
        assert children.pause("site")
        assert isinstance(await quick(children, "another feed", "site"), Postponed)
        assert await quick(children, "another feed", "another site") == 4
        assert children.pause("another feed") is None


async def test_a_task_in_time_ends_the_row():
    async with shared(1, Hand()) as children:
        for _ in range(2):
            await late(children, "pages")
        await quick(children, "pages", source="bad")
        await late(children, "pages")
        assert children.pause("pages") is None


async def test_tasks_that_crash_are_late_too():
    async with shared(1, Hand()) as children:
        for _ in range(3):
            crashed = await children.attempt(
                tasks.leave, deadline=ENOUGH, source="bad", kinds=("pages",)
            )
            assert isinstance(crashed, ChildCrashed)
        assert children.pause("pages")


async def test_errors_of_the_sandbox_itself_are_raised():
    async with shared(1) as children:
        pass
    with pytest.raises(SandboxClosed):
        await quick(children)


async def test_what_is_known_of_sources_has_a_limit(monkeypatch):
    monkeypatch.setattr(fair_share, "MOST_SOURCES", 3)
    async with shared(1, Hand()) as children:
        for number in range(5):
            assert await quick(children, source=f"feed {number}") == 4
        for number in range(5):
            await late(children, f"kind {number}")
        assert len(children._sources) <= 3
        assert len(children._late) <= 3
