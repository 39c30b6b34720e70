import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.sandbox import ChildCrashed, ChildrenUnusable, DeadlineExceeded, Sandbox
from tests.integration.command import until


@pytest.fixture
def sandbox():
    sandbox = Sandbox(1)
    yield sandbox
    sandbox.close()


def spin() -> None:
    while True:
        pass


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    os._exit(3)


def greedy() -> int:
    return len(bytearray(8 * 1024**3))


def fail(message: str) -> None:
    raise KeyError(message)


class Awkward(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_awkwardly() -> None:
    raise Awkward(1, 2)


def time_out() -> None:
    raise TimeoutError("the function's own")


def no_model() -> None:
    raise ValueError("no model for xx: install it")


def test_a_function_runs_in_a_child(sandbox):
    assert sandbox.submit(os.getpid, deadline=30).result() != os.getpid()


def test_a_task_that_overruns_its_deadline_is_killed_and_the_next_one_runs(sandbox):
    first = sandbox.submit(os.getpid, deadline=30).result()
    with pytest.raises(DeadlineExceeded, match=r"longer than 0\.5 s"):
        sandbox.submit(spin, deadline=0.5).result()
    assert sandbox.submit(os.getpid, deadline=30).result() != first
    assert not Path(f"/proc/{first}").exists()


def test_waiting_for_a_free_child_does_not_count_against_the_deadline(sandbox):
    slow = [sandbox.submit(time.sleep, 0.4, deadline=1.0) for _ in range(5)]
    assert [future.result() for future in slow] == [None] * 5


@pytest.mark.parametrize(("death", "how"), [(die, "signal 9"), (leave, "exit code 3")])
def test_a_child_that_dies_is_told_and_replaced(sandbox, death, how):
    with pytest.raises(ChildCrashed, match=how):
        sandbox.submit(death, deadline=30).result()
    assert sandbox.submit(os.getpid, deadline=30).result()


def test_an_idle_child_that_is_killed_is_replaced(sandbox):
    for _ in range(3):
        child = sandbox.submit(os.getpid, deadline=30).result()
        os.kill(child, signal.SIGKILL)
        assert sandbox.submit(os.getpid, deadline=30).result() != child


def test_a_function_may_not_use_more_memory_than_its_limit():
    sandbox = Sandbox(1, memory_bytes=2 * 1024**3)
    with pytest.raises(ChildCrashed, match="memory"):
        sandbox.submit(greedy, deadline=30).result()
    assert sandbox.submit(os.getpid, deadline=30).result()
    sandbox.close()


def test_a_functions_own_exception_comes_out(sandbox):
    with pytest.raises(KeyError, match="nothing here"):
        sandbox.submit(fail, "nothing here", deadline=30).result()


def test_a_functions_own_time_out_is_not_taken_for_the_deadline(sandbox):
    with pytest.raises(TimeoutError, match="the function's own"):
        sandbox.submit(time_out, deadline=30).result()


def test_an_exception_that_does_not_pickle_comes_out_in_words(sandbox):
    with pytest.raises(RuntimeError, match="Awkward: 1 and 2"):
        sandbox.submit(fail_awkwardly, deadline=30).result()
    assert sandbox.submit(os.getpid, deadline=30).result()


def test_an_initializer_that_fails_is_told_once_with_its_reason():
    sandbox = Sandbox(2, initializer=no_model)
    with pytest.raises(ChildrenUnusable, match="no model for xx: install it"):
        sandbox.submit(os.getpid, deadline=30).result()
    sandbox.close()


def test_children_are_recycled_after_so_many_tasks():
    sandbox = Sandbox(1, max_tasks=2)
    pids = [sandbox.submit(os.getpid, deadline=30).result() for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    sandbox.close()


async def test_cancelling_kills_the_child_at_work():
    sandbox = Sandbox(1)
    first = await sandbox.run(os.getpid, deadline=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await sandbox.run(spin, deadline=60)
    assert await sandbox.run(os.getpid, deadline=30) != first
    sandbox.close()


def test_closing_cancels_what_is_under_way():
    sandbox = Sandbox(1)
    sandbox.submit(os.getpid, deadline=30).result()
    future = sandbox.submit(spin, deadline=60)
    sandbox.close()
    assert future.cancelled() or future.exception()


def test_children_ignore_the_signals_that_a_group_is_sent(sandbox):
    child = sandbox.submit(os.getpid, deadline=30).result()
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(child, number)
    assert sandbox.submit(os.getpid, deadline=30).result() == child


ORPHANS = """
import os, sys, time
from pipeline.sandbox import Sandbox
if __name__ == "__main__":
    sandbox = Sandbox(2)
    futures = [sandbox.submit(time.sleep, 0.2, deadline=30) for _ in range(4)]
    [future.result() for future in futures]
    print(*{sandbox.submit(os.getpid, deadline=30).result() for _ in range(20)}, flush=True)
    time.sleep(60)
"""


def test_children_end_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS)
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert children
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), 10, "their end")
