"""A thread that hangs does not keep a process from its end, nor change its exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest

HANGING_THREAD = """
import sys, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
"""
LINES = {
    "a command": """
import newsline.cli, newsline.service.ending
newsline.service.ending.LINGER_SECONDS = 0.1
def app(prog_name):
    print("its last line")
    sys.exit(3)
newsline.cli.app = app
newsline.cli.main()
""",
    "an event loop": """
import asyncio, os
from newsline.service import ending, event_loop
ending.LINGER_SECONDS = 0.1
async def main():
    asyncio.create_task(asyncio.to_thread(time.sleep, 60))
    await asyncio.sleep(0.1)
event_loop.run(main())
print("its last line")
ending.end_soon(3)
""",
}


@pytest.mark.parametrize("kind", LINES)
def test_it_ends_with_its_code_and_its_last_line(kind):
    done = run(HANGING_THREAD + LINES[kind])
    assert (done.returncode, done.stdout) == (3, "its last line\n")


def test_a_signal_without_progress_ends_it():
    program = """
from newsline.service import ending
ending.STUCK_SECONDS = 0.1
ending.end_if_stuck(lambda: 60.0)
time.sleep(60)
"""
    done = run(HANGING_THREAD + program)
    assert done.returncode == 1
    assert done.stderr == "newsline: no end 0 s after the signal: a thread hangs\n"


def test_output_that_nobody_reads_does_not_keep_it():
    program = """
import time
from newsline.service import ending
ending.STUCK_SECONDS = ending.OUTPUT_SECONDS = 0.1
ending.end_if_stuck(lambda: 60.0)
print("x" * 10_000_000)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.wait(30) == 1


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
