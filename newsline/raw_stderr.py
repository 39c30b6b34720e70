"""The descriptor of stderr as a pipe to a thread of this process, which makes lines of what others
write to it: libraries in C, child processes, Python's own last words."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Iterator

STDERR = 2
PAUSE_SECONDS = 0.2
"""Text that is followed by nothing for so long is whole."""

END_SECONDS = 1.0
"""Time to read the rest; a child process that lives on may hold the pipe open."""

TRACEBACK = "Traceback (most recent call last):"

OURS = b'{"time":"'
"""The beginning of a line of JSON that a process of ours has written."""


class RawStderr:
    """From its creation to :meth:`close`, each text written to the descriptor is handed to ``log``:
    a line with its indented ones, or a traceback. Lines of our own JSON are written as they are.
    Raises OSError if stderr is closed."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._real = os.dup(STDERR)
        self._reading, writing = os.pipe()
        os.dup2(writing, STDERR)
        os.close(writing)
        self._thread = threading.Thread(target=self._follow, name="stderr", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Write to the real stderr."""
        os.write(self._real, line)

    def close(self) -> None:
        """Give the descriptor back, and hand over the rest."""
        os.dup2(self._real, STDERR)
        self._thread.join(END_SECONDS)

    def _follow(self) -> None:
        text = Text()
        for line in self._lines():
            if line is not None and line.startswith(OURS):
                self.write(line + b"\n")
            elif whole := text.add(None if line is None else line.decode("utf-8", "replace")):
                self._log(whole)

    def _lines(self) -> Iterator[bytes | None]:
        """The lines without their ends; None at each pause and at the end."""
        rest = b""
        while True:
            if not select.select([self._reading], [], [], PAUSE_SECONDS)[0]:
                yield None
                select.select([self._reading], [], [])
            chunk = os.read(self._reading, 65536)
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if not chunk:
                if rest:
                    yield rest
                yield None
                return


class Text:
    """Gathers lines that belong together."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._in_traceback = False

    def add(self, line: str | None) -> str:
        """The text that this line, or a pause (None), shows to be whole; "" if none is."""
        if line is not None and self._continues(line):
            self._lines.append(line)
            return ""
        whole = "\n".join(self._lines).strip()
        self._lines = [] if line is None else [line]
        self._in_traceback = line is not None and line.strip() == TRACEBACK
        return whole

    def _continues(self, line: str) -> bool:
        if not self._lines:
            return False
        if line[:1].isspace() or not line:
            return True
        if line == TRACEBACK:
            self._in_traceback = self._lines[-1].startswith("Exception ")  # … in thread, … ignored
            return self._in_traceback
        ends, self._in_traceback = self._in_traceback, False
        return ends
