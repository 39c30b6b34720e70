import asyncio
import threading

import pytest

from connectors.article.candidate import Candidate
from connectors.state.batch_queue import BATCH, BatchQueue
from newsline.broker import Fenced
from newsline.outcomes import EntryOutcome
from tests.support.example_records import raw_article

BAD = 99


def candidate(number: int) -> Candidate:
    article = raw_article(number)
    return Candidate(article, article.url)


class Press:
    """Publishes when it is let; an odd number is a duplicate, and number BAD spoils its batch."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    def publish(self, candidates):
        self.batches.append([one.link for one in candidates])
        self.begun.release()
        assert self.let.acquire(timeout=30)
        if any(one.link.endswith(f"/{BAD}") for one in candidates):
            raise Fenced("another process has taken over")
        return [
            EntryOutcome.DUPLICATE
            if int(one.article.article_id, 16) % 2
            else EntryOutcome.PUBLISHED
            for one in candidates
        ]

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=30)


@pytest.fixture
def press():
    return Press()


@pytest.fixture
async def queue(press):
    queue = BatchQueue(lambda batch: asyncio.to_thread(press.publish, batch))
    async with queue.working():
        yield queue
        press.let.release(1_000)


async def put(queue: BatchQueue, *numbers: int) -> list[asyncio.Task[EntryOutcome]]:
    """The tasks that wait for these, all of them in the queue."""
    tasks = [asyncio.create_task(queue.put(candidate(n))) for n in numbers]
    await asyncio.sleep(0)
    return tasks


async def test_alone_a_candidate_waits_for_nobody(queue, press):
    (alone,) = await put(queue, 1)
    await press.has_begun()
    press.let.release()
    assert await alone == EntryOutcome.DUPLICATE
    assert [len(batch) for batch in press.batches] == [1]


async def test_under_load_batches_form_and_each_waiter_gets_its_own_outcome(queue, press):
    first = await put(queue, 0)
    await press.has_begun()
    rest = await put(queue, *range(1, BATCH + 11))
    press.let.release(3)
    outcomes = await asyncio.gather(*first, *rest)
    assert [len(batch) for batch in press.batches] == [1, BATCH, 10]
    assert outcomes[:4] == [
        EntryOutcome.PUBLISHED,
        EntryOutcome.DUPLICATE,
        EntryOutcome.PUBLISHED,
        EntryOutcome.DUPLICATE,
    ]
    links = [link for batch in press.batches for link in batch]
    assert links == [candidate(n).link for n in range(BATCH + 11)]


async def test_an_error_reaches_all_who_wait_for_the_batch_and_no_others(queue, press):
    before = await put(queue, 0)
    await press.has_begun()
    together = await put(queue, 12, BAD, 14)
    press.let.release(2)
    errors = await asyncio.gather(*together, return_exceptions=True)
    assert [type(error) for error in errors] == [Fenced, Fenced, Fenced]
    assert await before[0] == EntryOutcome.PUBLISHED
    (after,) = await put(queue, 15)
    press.let.release()
    assert await after == EntryOutcome.DUPLICATE


@pytest.mark.parametrize("number", [12, BAD], ids=["of a good batch", "of a bad batch"])
async def test_a_waiter_that_is_cancelled_does_not_hurt_the_others(queue, press, number):
    await put(queue, 0)
    await press.has_begun()
    cancelled, other = await put(queue, number, 14)
    cancelled.cancel()
    press.let.release(2)
    (outcome,) = await asyncio.gather(other, return_exceptions=True)
    assert outcome == EntryOutcome.PUBLISHED or (number == BAD and isinstance(outcome, Fenced))
    assert cancelled.cancelled()
    assert press.batches[1] == [candidate(number).link, candidate(14).link]


async def test_its_end_waits_for_what_nobody_waits_for(press):
    queue = BatchQueue(lambda batch: asyncio.to_thread(press.publish, batch))
    working = queue.working()
    await working.__aenter__()
    (cancelled,) = await put(queue, 1)
    await press.has_begun()
    cancelled.cancel()
    ended = asyncio.create_task(working.__aexit__(None, None, None))
    await asyncio.wait({cancelled})
    assert not ended.done()
    press.let.release()
    await ended
