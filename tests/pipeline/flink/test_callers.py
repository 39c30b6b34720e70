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


def test_another_user_is_refused_unless_named(tmp_path, monkeypatch):
    other = os.getuid() + 4711
    table = tmp_path / "tcp"
    table.write_text(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
        f"   0: 0100007F:9C40 0100007F:C350 01 0:0 00:0 0 {other} 0 12345 1\n"
    )
    monkeypatch.setattr(callers, "TABLES", (table, tmp_path / "missing"))
    assert f"user {other} may not" in refusal("ipv4:127.0.0.1:40000", "localhost:4000")
    assert refusal("ipv4:127.0.0.1:40000", "localhost:4000", f"{other}, 1") == ""
