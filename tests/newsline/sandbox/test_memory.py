"""The memory of children: a sum that stays below what the container or the machine has."""

import os
import subprocess
import sys

import pytest

from newsline.errors import OperatorError
from newsline.sandbox import memory
from newsline.sandbox.memory import child_limit, fitting_children
from tests.support.cgroup import memory_limited_to

GIB = 1024**3
LEAST = GIB // 2


@pytest.fixture
def cgroups(tmp_path, monkeypatch):
    """A directory in place of /sys/fs/cgroup; ``own``: the lines of /proc/self/cgroup."""

    def place(own: str, **limits: str):
        (tmp_path / "own").write_text(own)
        for path, limit in limits.items():
            file = tmp_path / path.replace("__", "/")
            file = file.with_name(file.name.replace("_max", ".max").replace("y_l", "y.l"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{limit}\n")

    monkeypatch.setattr(memory, "OWN_CGROUPS", tmp_path / "own")
    monkeypatch.setattr(memory, "CGROUPS", tmp_path)
    return place


@pytest.fixture
def container(cgroups, monkeypatch):
    """Sets the container's limit, on a machine with eight cores."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    return lambda size: cgroups("0::/\n", memory_max=str(int(size)))


def machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_the_limit_of_a_container_with_cgroups_of_version_2(cgroups):
    cgroups("0::/\n", memory_max=str(GIB))
    assert memory.available().size == GIB


def test_the_least_limit_of_the_groups_above_counts(cgroups):
    cgroups("0::/pod/main\n", pod__memory_max=str(GIB), pod__main__memory_max="max")
    assert memory.available().size == GIB


def test_the_limit_of_a_container_with_cgroups_of_version_1(cgroups):
    cgroups("4:memory:/docker/f00d\n1:cpu:/\n", memory__memory_limit_in_bytes=str(GIB))
    assert memory.available().size == GIB


def test_without_a_limit_the_machines_memory_counts(cgroups):
    cgroups("4:memory:/\n0::/\n", memory_max="max", memory__memory_limit_in_bytes=str(2**63 - 4096))
    assert memory.available().size == machine()


def test_without_cgroups_the_machines_memory_counts(cgroups):
    assert memory.available().size == machine()


def test_processes_of_newsline_run_share_the_memory(container, monkeypatch):
    container(2 * GIB)
    monkeypatch.setenv(memory.PARTS, "2")
    assert memory.available().size == GIB


@pytest.mark.parametrize("size", [GIB, 2 * GIB, 3 * GIB, 16 * GIB])
def test_the_limits_of_parent_and_children_are_a_sum_below_that_of_the_container(container, size):
    container(size)
    children = fitting_children(0, LEAST, "--workers")
    limit = child_limit(children, LEAST)
    assert limit >= LEAST
    assert children * limit + min(GIB // 2, size // 4) <= size


def test_there_is_a_child_per_core_where_memory_allows(container):
    container(3 * GIB)
    assert fitting_children(0, LEAST, "--workers") == 5
    container(16 * GIB)
    assert fitting_children(0, LEAST, "--workers") == 8


def test_more_children_than_fit_are_refused_with_the_number_that_fits(container):
    container(2 * GIB)
    assert fitting_children(3, LEAST, "--workers") == 3
    with pytest.raises(OperatorError) as refused:
        fitting_children(4, LEAST, "--workers")
    assert str(refused.value) == (
        "--workers 4 needs 2.5 GiB of memory, and the limit of this container is 2.0 GiB:"
        " give --workers 3, or more memory"
    )


def test_a_container_that_is_too_small_for_one_child_is_a_warning(container, capsys):
    container(GIB / 2)
    assert fitting_children(1, LEAST, "--workers") == 1
    assert capsys.readouterr().err == (
        "newsline: warning: the limit of this container is 0.5 GiB of memory, less than the"
        " 0.7 GiB that one child needs: large articles may end it\n"
    )


def test_two_tasks_that_take_all_memory_at_once_end_their_children_only():
    with memory_limited_to(GIB // 2) as limited:
        ended = subprocess.run(
            [*limited, sys.executable, "-m", "tests.support.hoarding_children"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.stdout.splitlines() == 2 * ["hoard: child ran out of memory"] + ["4"], ended
