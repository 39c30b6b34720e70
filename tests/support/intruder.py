"""What code would try that has taken over a child. Each returns what it got, or raises."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
from multiprocessing import shared_memory
from pathlib import Path


def environment() -> dict[str, str]:
    return dict(os.environ)


def status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def limits() -> dict[str, int]:
    import resource

    names = ("RLIMIT_CORE", "RLIMIT_NOFILE")
    return {name: resource.getrlimit(getattr(resource, name))[1] for name in names}


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def connect_unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)


def send_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", ("127.0.0.1", 9))


def socket_pair() -> None:
    socket.socketpair()


def append_to(path: str) -> None:
    with open(path, "a") as file:
        file.write("x")


def truncate(path: str) -> None:
    os.truncate(path, 0)


def remove(path: str) -> None:
    os.remove(path)


def rename(path: str) -> None:
    os.rename(path, f"{path}.old")


def make_folder(path: str) -> None:
    os.mkdir(f"{path}.folder")


def link(path: str) -> None:
    os.link(path, f"{path}.link")


def symlink(path: str) -> None:
    os.symlink(path, f"{path}.symlink")


def open_up(path: str) -> None:
    os.chmod(path, 0o777)


def read(path: str) -> int:
    return len(Path(path).read_bytes())


def memory_of(process: int) -> None:
    open(f"/proc/{process}/mem", "rb").close()


def environment_of(process: int) -> int:
    return len(Path(f"/proc/{process}/environ").read_bytes())


def files_of(process: int) -> list[str]:
    return os.listdir(f"/proc/{process}/fd")


def kill(process: int) -> None:
    os.kill(process, signal.SIGTERM)


def stop_group() -> None:
    os.kill(0, signal.SIGSTOP)


def run_program() -> None:
    subprocess.run(["/bin/true"], check=True)


def execute() -> None:
    os.execv("/bin/true", ["true"])


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def start_thread() -> int:
    got: list[int] = []
    thread = threading.Thread(target=lambda: got.append(42))
    thread.start()
    thread.join()
    return got[0]


def connect_in_thread(port: int) -> str:
    said: list[str] = []

    def attempt() -> None:
        try:
            connect(port)
        except OSError as error:
            said.append(type(error).__name__)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return said[0]


def outlive_parent() -> None:
    """prctl(PR_SET_PDEATHSIG, 0)"""
    _checked(ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0))


def slow_down(process: int) -> None:
    os.sched_setaffinity(process, {0})


def limit_parent(process: int) -> None:
    import resource

    resource.prlimit(process, resource.RLIMIT_NOFILE, (10, 10))


def lock(path: str) -> None:
    import fcntl

    with open(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def share_memory() -> None:
    shared_memory.SharedMemory(create=True, size=4096).unlink()


def memory_file() -> None:
    os.close(os.memfd_create("x"))


def system_call(number: int) -> None:
    """A call without arguments by its number on this processor."""
    _checked(ctypes.CDLL(None, use_errno=True).syscall(number, 0, 0, 0, 0, 0, 0))


def compute() -> int:
    """What parsers need: memory, time, random numbers, a regular expression."""
    import random
    import re
    import time
    from zoneinfo import ZoneInfo

    mmap.mmap(-1, 1 << 20).close()
    time.sleep(0.001)
    assert ZoneInfo("Europe/Berlin")
    assert time.localtime()
    assert os.urandom(4)
    return len(re.findall("a", "banana")) + random.randrange(1) + len(sys.argv[:0])


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
