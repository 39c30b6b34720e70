"""A program whose two children take all memory that they get; it prints what became of them."""

from __future__ import annotations

from concurrent.futures import wait
from contextlib import closing

from newsline.sandbox import memory
from newsline.sandbox.pool import Sandbox
from tests.support import sandbox_tasks as tasks

if __name__ == "__main__":
    limit = memory.child_limit(2, 64 * memory.MEBIBYTE)
    with closing(Sandbox(2, memory_bytes=limit)) as sandbox:
        hoarders = [sandbox.submit(tasks.hoard, deadline=60.0) for _ in range(2)]
        wait(hoarders)
        for hoarder in hoarders:
            print(hoarder.exception())
        print(sandbox.submit(tasks.double, 2, deadline=60.0).result())
