"""Whatever writes to stderr in a process with ``--log json``, each line is one object."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import asyncio, logging, os, subprocess, sys, threading, warnings
from newsline.announce import fail, warn
from newsline.log_lines import LogForm
from newsline.log_output import own_process, start

own_process()
start(LogForm.JSON, times=True, debug=True)
warn("ours")
logging.getLogger("some.library").error("a library's\\nsecond line")
warnings.warn("a warning")
thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start()
thread.join()

async def forget():
    async def fails():
        raise KeyError("task")
    task = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task

asyncio.run(forget())
print("printed", file=sys.stderr, flush=True)
os.write(2, b'{"time":"from a process of ours"}\\n')
subprocess.run([sys.executable, "-c", "raise SystemExit('a child')"])
subprocess.run([sys.executable, "-c", "1 / 0"])
raise ValueError("uncaught")
"""


def test_each_line_is_one_object_whoever_writes_it():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=600
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    told = {(line.get("event"), line.get("message")) for line in lines}
    assert {
        ("risk", "ours"),
        ("library", "a library's\nsecond line"),
        ("library", "Task exception was never retrieved"),
        ("crash", "Exception in thread worker"),
        ("crash", "unexpected error: ValueError: uncaught"),
        ("stderr", "printed"),
        ("stderr", "a child"),
        ("stderr", "ZeroDivisionError: division by zero"),
        (None, None),
    } <= {(event, message and message.partition("\nfuture:")[0]) for event, message in told}
    assert any("UserWarning: a warning" in str(message) for _, message in told)
    traces = [line["traceback"].splitlines()[-1] for line in lines if "traceback" in line]
    assert traces.count("ZeroDivisionError: division by zero") == 2
    assert {"KeyError: 'task'", "ValueError: uncaught"} <= set(traces)
    assert (done.returncode, done.stdout) == (1, "")
