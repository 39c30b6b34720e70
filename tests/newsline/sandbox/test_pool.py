from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing
from datetime import UTC, datetime

import pytest

from newsline.sandbox.answers import TaskFailed
from newsline.sandbox.pool import (
    STARTS,
    ChildCrashed,
    ChildrenFailed,
    DeadlineExceeded,
    Sandbox,
    SandboxClosed,
)
from tests.support import sandbox_tasks as tasks

ENOUGH = 60.0


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One child, so that what a test does to it shows in the next task."""
    with closing(Sandbox(1)) as sandbox:
        yield sandbox


def works(sandbox: Sandbox) -> bool:
    return sandbox.submit(tasks.double, 21, deadline=ENOUGH).result(ENOUGH) == 42


def gone(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def until_gone(*processes: int) -> None:
    end = time.monotonic() + ENOUGH
    while not all(gone(process) for process in processes):
        assert time.monotonic() < end, "a child is still there"
        time.sleep(0.01)


def test_a_function_runs_in_another_process(sandbox):
    assert sandbox.submit(tasks.process, deadline=ENOUGH).result(ENOUGH) != os.getpid()


async def test_a_coroutine_can_wait_for_a_result(sandbox):
    assert await sandbox.run(tasks.double, 4, deadline=ENOUGH) == 8


def test_a_child_loads_neither_the_parents_main_module_nor_the_package(sandbox):
    loaded = sandbox.submit(tasks.loaded_modules, deadline=ENOUGH).result(ENOUGH)
    assert not loaded & {"pytest", "newsline.sandbox.pool", "asyncio"}


def test_an_exception_that_the_caller_tells_apart_comes_back(sandbox):
    future = sandbox.submit(tasks.fail, "broken", deadline=ENOUGH, raises=(ValueError,))
    with pytest.raises(ValueError, match=r"^broken$"):
        future.result(ENOUGH)
    assert works(sandbox)


def test_any_other_exception_comes_back_as_words(sandbox):
    future = sandbox.submit(tasks.fail_particularly, deadline=ENOUGH)
    with pytest.raises(TaskFailed, match=r"^Particular: seven$"):
        future.result(ENOUGH)
    assert works(sandbox)


def test_a_result_that_is_no_data_is_an_error_of_its_task_alone(sandbox):
    future = sandbox.submit(tasks.give_a_function, deadline=ENOUGH)
    with pytest.raises(TaskFailed, match="TypeError: Encoding objects of type function"):
        future.result(ENOUGH)
    assert works(sandbox)


def test_a_result_has_the_type_that_its_function_declares(sandbox):
    told = sandbox.submit(tasks.tell, "news", deadline=ENOUGH).result(ENOUGH)
    assert told == tasks.Told("news", datetime(2026, 11, 1, tzinfo=UTC))
    future = sandbox.submit(tasks.lie, deadline=ENOUGH)
    with pytest.raises(ChildCrashed, match="cannot be read: Expected `int`, got `str`"):
        future.result(ENOUGH)
    assert works(sandbox)


def test_a_child_cannot_run_code_in_the_parent_by_its_answer(sandbox, tmp_path):
    result = sandbox.submit(tasks.give_pickle, str(tmp_path / "ran"), deadline=ENOUGH)
    assert isinstance(result.result(ENOUGH), bytes)
    raw = sandbox.submit(tasks.write_raw, tasks.give_pickle(str(tmp_path / "ran")), deadline=ENOUGH)
    with pytest.raises(ChildCrashed, match="cannot be read"):
        raw.result(ENOUGH)
    assert not (tmp_path / "ran").exists()
    assert works(sandbox)


@pytest.mark.parametrize(
    ("announced", "sent", "problem"),
    [
        (2**40, b"", f"gave an answer of {2**40} bytes"),
        (3, b"\xff\xff\xff", "cannot be read"),
        (0, b"", "cannot be read"),
        (9, b"\x92\xa5other\xc0\xc0", "cannot be read|of the word 'other'"),
        (10, b"\x92\xa7started\xc0", "of the word 'started'"),
    ],
)
def test_an_answer_that_is_none_costs_its_task_alone(sandbox, announced, sent, problem):
    future = sandbox.submit(tasks.write_raw, sent, announced, deadline=ENOUGH)
    with pytest.raises(ChildCrashed, match=problem):
        future.result(ENOUGH)
    assert works(sandbox)


def test_a_child_that_stops_within_its_answer_is_past_its_deadline(sandbox):
    future = sandbox.submit(tasks.write_raw, b"begun", 1000, deadline=0.3)
    with pytest.raises(DeadlineExceeded):
        future.result(ENOUGH)
    assert works(sandbox)


def test_a_task_can_have_its_child_replaced_after_the_answer(sandbox):
    before = sandbox.submit(tasks.process, deadline=ENOUGH).result(ENOUGH)
    assert sandbox.submit(tasks.ask_for_replacement, deadline=ENOUGH).result(ENOUGH) == "answered"
    assert sandbox.submit(tasks.process, deadline=ENOUGH).result(ENOUGH) != before


def test_an_argument_that_cannot_travel_is_refused_at_once(sandbox):
    with pytest.raises(Exception, match="lambda"):
        sandbox.submit(tasks.remember, lambda: None, deadline=ENOUGH)


def test_a_child_past_its_deadline_is_killed_even_inside_native_code(sandbox):
    before = sandbox.submit(tasks.process, deadline=ENOUGH).result(ENOUGH)
    future = sandbox.submit(tasks.backtrack, deadline=0.2)
    with pytest.raises(DeadlineExceeded, match=r"backtrack took longer than 0.2 s"):
        future.result(ENOUGH)
    assert works(sandbox)
    until_gone(before)


def test_waiting_for_a_free_child_does_not_count_towards_the_deadline(sandbox):
    futures = [sandbox.submit(tasks.sleep, 0.4, deadline=ENOUGH) for _ in range(2)]
    late = sandbox.submit(tasks.double, 1, deadline=0.3)
    assert late.result(ENOUGH) == 2
    wait(futures)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_child_that_dies_of_a_signal_crashes_its_task_alone(sandbox, number):
    future = sandbox.submit(tasks.die_of, number, deadline=ENOUGH)
    after = sandbox.submit(tasks.double, 3, deadline=ENOUGH)
    with pytest.raises(ChildCrashed, match=f"signal {number:d}"):
        future.result(ENOUGH)
    assert after.result(ENOUGH) == 6


def test_a_child_that_exits_crashes_its_task_alone(sandbox):
    with pytest.raises(ChildCrashed, match="exited with 3"):
        sandbox.submit(tasks.leave, deadline=ENOUGH).result(ENOUGH)
    assert works(sandbox)


def test_an_idle_child_that_is_killed_costs_no_task(sandbox):
    for _ in range(5):
        child = sandbox.submit(tasks.process, deadline=ENOUGH).result(ENOUGH)
        os.kill(child, signal.SIGKILL)
        assert works(sandbox)


def test_killing_children_at_any_moment_leaves_every_task_an_outcome():
    payload = b"x" * 1_000_000
    with closing(Sandbox(2)) as sandbox:
        futures = [sandbox.submit(bytes, payload, deadline=ENOUGH) for _ in range(300)]
        for number in range(10):
            futures[20 * number].exception(ENOUGH)
            with sandbox._lock:
                victims = list(sandbox._children)
            for child in victims:
                child.kill()
        crashes = [future.exception(ENOUGH) for future in futures]
    assert {type(crash) for crash in crashes} <= {type(None), ChildCrashed}
    assert sum(crash is None for crash in crashes) >= 300 - 20


def test_memory_past_the_limit_crashes_its_task_alone():
    with closing(Sandbox(1, memory_bytes=64 * 1024**2)) as sandbox:
        future = sandbox.submit(tasks.take_memory, 128 * 1024**2, deadline=ENOUGH)
        with pytest.raises(ChildCrashed, match="ran out of memory"):
            future.result(ENOUGH)
        assert works(sandbox)


def test_the_initializer_runs_in_each_child_before_its_tasks():
    with closing(
        Sandbox(1, initializer=tasks.remember, initargs=("model",), max_tasks=1)
    ) as sandbox:
        for _ in range(2):
            assert sandbox.submit(tasks.told, deadline=ENOUGH).result(ENOUGH) == ["model"]


def test_a_child_is_replaced_after_its_number_of_tasks():
    with closing(Sandbox(1, max_tasks=2)) as sandbox:
        futures = [sandbox.submit(tasks.process, deadline=ENOUGH) for _ in range(4)]
        first, second, third, fourth = (future.result(ENOUGH) for future in futures)
    assert first == second != third == fourth


def test_an_initializer_that_fails_fails_all_tasks_with_its_message():
    with closing(Sandbox(2, initializer=tasks.miss_model, initargs=("en_large",))) as sandbox:
        for _ in range(2):
            with pytest.raises(ChildrenFailed, match=r"^no model en_large$"):
                sandbox.submit(tasks.double, 1, deadline=ENOUGH).result(ENOUGH)


def test_children_that_die_while_starting_are_not_started_for_ever():
    with (
        closing(Sandbox(1, initializer=tasks.die_at_once)) as sandbox,
        pytest.raises(ChildrenFailed, match="the child exited with 9"),
    ):
        sandbox.submit(tasks.double, 1, deadline=ENOUGH).result(ENOUGH)


def test_children_that_do_not_start_in_time_are_given_up(monkeypatch):
    monkeypatch.setattr("newsline.sandbox.pool.START_SECONDS", 0.2)
    with (
        closing(Sandbox(1, initializer=tasks.sleep, initargs=(ENOUGH,))) as sandbox,
        pytest.raises(ChildrenFailed, match=r"the child did not answer for 0\.2 s"),
    ):
        sandbox.submit(tasks.double, 1, deadline=ENOUGH).result(ENOUGH)


def test_children_killed_while_they_start_are_replaced():
    with closing(Sandbox(1, initializer=tasks.sleep, initargs=(0.2,))) as sandbox:
        killed: set[object] = set()
        while len(killed) <= 2 * STARTS:
            with sandbox._lock:
                starting = sandbox._children - killed
            for child in starting:
                child.kill()
            killed |= starting
        assert works(sandbox)


def test_children_that_are_killed_at_each_start_are_given_up(monkeypatch):
    monkeypatch.setattr("newsline.sandbox.pool.KILLED_SECONDS", 0.0)
    with (
        closing(Sandbox(1, initializer=tasks.die_of, initargs=(signal.SIGKILL,))) as sandbox,
        pytest.raises(ChildrenFailed, match="the child died of signal 9"),
    ):
        sandbox.submit(tasks.double, 1, deadline=ENOUGH).result(ENOUGH)


def test_closing_ends_a_busy_child_and_tells_whoever_waits():
    sandbox = Sandbox(1)
    child = sandbox.submit(tasks.process, deadline=ENOUGH).result(ENOUGH)
    busy = sandbox.submit(tasks.backtrack, deadline=600)
    queued = sandbox.submit(tasks.double, 1, deadline=ENOUGH)
    while not busy.running():
        time.sleep(0.01)
    sandbox.close()
    assert gone(child)
    for future in (busy, queued):
        with pytest.raises(SandboxClosed):
            future.result(ENOUGH)
    with pytest.raises(SandboxClosed):
        sandbox.submit(tasks.double, 1, deadline=ENOUGH)


def test_a_cancelled_task_does_not_run():
    with closing(Sandbox(1)) as sandbox:
        busy = sandbox.submit(tasks.sleep, 0.2, deadline=ENOUGH)
        cancelled = sandbox.submit(tasks.remember, "cancelled", deadline=ENOUGH)
        assert cancelled.cancel()
        busy.result(ENOUGH)
        assert sandbox.submit(tasks.told, deadline=ENOUGH).result(ENOUGH) == []


def test_children_leave_the_groups_signals_to_the_parent(sandbox):
    assert sandbox.submit(tasks.survive_signals, deadline=ENOUGH).result(ENOUGH) == "alive"


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a child of its parent's death"
)
def test_children_do_not_outlive_a_parent_killed_with_9():
    code = "from tests.support import sandbox_tasks as t; t.print_children_and_wait()"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout
        children = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(children) == 2
    until_gone(*children)
