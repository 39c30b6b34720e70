"""Who may start workers."""

from __future__ import annotations

import os
import socket

import pytest

from pipeline.flink import callers
from pipeline.flink.callers import refusal


@pytest.fixture
def peer():
    """A connection of this user to a port of this machine, as gRPC names it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        yield f"ipv4:127.0.0.1:{client.getsockname()[1]}"


@pytest.mark.parametrize("control", ["localhost:4000", "127.0.0.1:4000", "[::1]:4000"])
def test_this_user_may_start_workers_for_this_machine(peer, control):
    assert refusal(peer, control) == ""


@pytest.mark.parametrize(
    "control", ["10.0.0.7:4000", "attacker.example:4000", "localhost.example:1", "unix:/tmp/x", ""]
)
def test_a_worker_connects_to_no_other_machine(peer, control):
    assert "is not on this machine" in refusal(peer, control)


PEER = "ipv4:127.0.0.1:40000"
OTHER = os.getuid() + 4711
OPEN, CLOSED = "01", "06"


@pytest.fixture
def connections(tmp_path, monkeypatch):
    """A function that sets the kernel's table: own end, state and user of each connection."""
    table = tmp_path / "tcp"
    monkeypatch.setattr(callers, "TABLES", (table, tmp_path / "missing"))

    def write(*rows):
        lines = [
            f"   0: {own} 0100007F:C350 {state} 0:0 00:0 0 {user} 0 12345 1"
            for own, state, user in rows
        ]
        table.write_text("\n".join(["  sl  local_address rem_address   st …", *lines]))

    return write


def test_another_user_is_refused_unless_named(connections):
    connections(("0100007F:9C40", OPEN, OTHER))
    assert f"user {OTHER} may not" in refusal(PEER, "localhost:4000")
    assert refusal(PEER, "localhost:4000", f"{OTHER}, 1") == ""


@pytest.mark.parametrize(
    "beside",
    [("0500A8C0:9C40", OPEN, os.getuid()), ("0100007F:9C40", CLOSED, 0)],
    ids=["the same port on another address", "a closed connection, which is root's"],
)
def test_another_user_cannot_pass_by_a_connection_beside_its_own(connections, beside):
    connections(beside, ("0100007F:9C40", OPEN, OTHER))
    assert f"user {OTHER} may not" in refusal(PEER, "localhost:4000")


def test_a_caller_without_an_open_connection_here_is_refused(connections):
    connections(("0100007F:9C40", CLOSED, 0))
    assert "is not a process of this machine" in refusal(PEER, "localhost:4000")


@pytest.mark.parametrize("peer", [PEER, "ipv6:%5B::ffff:127.0.0.1%5D:40000"])
def test_a_caller_in_java_has_its_address_as_an_ipv6_one(connections, peer):
    connections(("0000000000000000FFFF00000100007F:9C40", OPEN, os.getuid()))
    assert refusal(peer, "localhost:4000") == ""
