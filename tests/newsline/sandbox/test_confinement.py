"""A child that a hostile page has taken over: what it finds, and what it can do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsline.sandbox import landlock, pool
from newsline.sandbox.answers import TaskFailed
from newsline.sandbox.pool import Sandbox
from tests.support import intruder

ENOUGH = 60.0
_CONFINE = "from newsline.sandbox.confinement import confine; print(confine())"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    problem = subprocess.check_output([sys.executable, "-c", _CONFINE], text=True).strip()
    if problem:
        pytest.skip(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSLINE_KAFKA_PASSWORD", "kafka-secret")
        patch.setenv("PGPASSWORD", "pg-secret")
        patch.setenv("NEWSLINE_ENRICHER_TABLE", "small")
        with closing(Sandbox(1)) as sandbox:
            sandbox.submit(os.getpid, deadline=ENOUGH).result(ENOUGH)
            yield sandbox


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "state.db"
    file.write_text("secret")
    yield str(file)
    assert file.read_text() == "secret"
    assert list(tmp_path.iterdir()) == [file]


def test_it_has_no_passwords_in_its_environment(sandbox):
    found = sandbox.submit(intruder.environment, deadline=ENOUGH).result(ENOUGH)
    assert "PATH" in found
    assert found["NEWSLINE_ENRICHER_TABLE"] == "small"
    assert not [name for name in found if "PASSWORD" in name]


def test_it_has_a_filter_and_gets_no_new_rights(sandbox):
    found = sandbox.submit(intruder.status, deadline=ENOUGH).result(ENOUGH)
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")


def test_it_dumps_no_core_and_opens_few_files(sandbox):
    found = sandbox.submit(intruder.limits, deadline=ENOUGH).result(ENOUGH)
    assert found == {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": 256}


@pytest.mark.parametrize(
    "attempt",
    [
        intruder.read,
        intruder.append_to,
        intruder.truncate,
        intruder.remove,
        intruder.rename,
        intruder.make_folder,
        intruder.link,
        intruder.symlink,
        intruder.open_up,
        intruder.lock,
        intruder.connect_unix,
    ],
)
def test_it_neither_reads_nor_changes_files(sandbox, secret, attempt):
    with pytest.raises(TaskFailed, match="PermissionError"):
        sandbox.submit(attempt, secret, deadline=ENOUGH).result(ENOUGH)


@pytest.mark.parametrize(
    "attempt",
    [
        intruder.run_program,
        intruder.execute,
        intruder.fork,
        intruder.send_datagram,
        intruder.socket_pair,
        intruder.stop_group,
        intruder.outlive_parent,
        intruder.share_memory,
        intruder.memory_file,
    ],
)
def test_it_starts_no_programs_and_opens_no_sockets(sandbox, attempt):
    with pytest.raises(TaskFailed, match="PermissionError"):
        sandbox.submit(attempt, deadline=ENOUGH).result(ENOUGH)


def test_it_connects_nowhere_not_even_in_a_thread(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(TaskFailed, match="PermissionError"):
            sandbox.submit(intruder.connect, port, deadline=ENOUGH).result(ENOUGH)
        said = sandbox.submit(intruder.connect_in_thread, port, deadline=ENOUGH).result(ENOUGH)
    assert said == "PermissionError"


@pytest.mark.parametrize(
    "attempt",
    [
        intruder.memory_of,
        intruder.environment_of,
        intruder.files_of,
        intruder.slow_down,
        intruder.limit_parent,
    ],
)
def test_it_does_not_reach_its_parent(sandbox, attempt):
    with pytest.raises(TaskFailed, match="PermissionError"):
        sandbox.submit(attempt, os.getpid(), deadline=ENOUGH).result(ENOUGH)


def test_it_sends_no_signals(sandbox):
    with subprocess.Popen(["sleep", "600"]) as other:
        for process in (other.pid, os.getppid()):
            with pytest.raises(TaskFailed, match="PermissionError"):
                sandbox.submit(intruder.kill, process, deadline=ENOUGH).result(ENOUGH)
        assert other.poll() is None
        other.send_signal(signal.SIGKILL)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(425, id="io_uring_setup"),
        pytest.param(434, id="pidfd_open"),
        pytest.param(435, id="clone3"),
        pytest.param(437, id="openat2"),
        pytest.param(438, id="pidfd_getfd"),
        pytest.param(444, id="landlock_create_ruleset"),
        pytest.param(9999, id="of a later kernel"),
    ],
)
def test_calls_that_are_not_listed_do_nothing(sandbox, number):
    with pytest.raises(TaskFailed, match=r"not permitted|not implemented"):
        sandbox.submit(intruder.system_call, number, deadline=ENOUGH).result(ENOUGH)


def test_it_computes_starts_threads_and_reads_pythons_own_files(sandbox):
    assert sandbox.submit(intruder.compute, deadline=ENOUGH).result(ENOUGH) == 3
    assert sandbox.submit(intruder.start_thread, deadline=ENOUGH).result(ENOUGH) == 42
    assert sandbox.submit(intruder.read, os.__file__, deadline=ENOUGH).result(ENOUGH) > 1000


FINDER = """
import sys
from importlib.util import spec_from_file_location

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ("newsline", "connectors", "pipeline"):
            folder = f"{checkout}/{{name}}"
            return spec_from_file_location(
                name, folder + "/__init__.py", submodule_search_locations=[folder]
            )

sys.meta_path.insert(0, Finder)
"""
TASK = """
from contextlib import closing
from connectors.text.clean import clean_line
from newsline.sandbox.pool import Sandbox
with closing(Sandbox(1)) as sandbox:
    print(sandbox.submit(clean_line, " a  b ", deadline=60).result(60))
"""


def test_it_imports_packages_that_are_in_no_folder_of_the_path(sandbox, tmp_path):
    """As those of an editable installation, which a finder maps to a checkout."""
    checkout = Path(pool.__file__).parents[2]
    (tmp_path / "sitecustomize.py").write_text(FINDER.format(checkout=checkout))
    shown = subprocess.check_output(
        [sys.executable, "-c", TASK],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        text=True,
    )
    assert shown == "a b\n"


def test_its_initializer_still_reads_files(sandbox, secret):
    with closing(Sandbox(1, initializer=intruder.read, initargs=(secret,))) as reading:
        assert reading.submit(os.getpid, deadline=ENOUGH).result(ENOUGH)


def test_a_setting_leaves_all_rights_to_enrichers_that_need_them(sandbox, secret, monkeypatch):
    monkeypatch.setenv("NEWSLINE_CONFINE", "no")
    with closing(Sandbox(1)) as free:
        assert free.submit(intruder.read, secret, deadline=ENOUGH).result(ENOUGH) == 6


def test_a_kernel_without_these_filters_is_told_once(monkeypatch, capsys):
    pool._warn.cache_clear()
    for _ in range(2):
        pool._warn("no Landlock (Function not implemented)")
    pool._warn("")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "not confined: no Landlock (Function not implemented)" in said


def test_a_kernel_without_landlock_gives_the_reason(monkeypatch):
    monkeypatch.setattr(landlock, "CREATE_RULESET", 9999)
    assert landlock.isolate() == "no Landlock (Function not implemented)"
