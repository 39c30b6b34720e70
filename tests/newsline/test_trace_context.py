"""Traces of W3C Trace Context in message headers."""

from __future__ import annotations

import pytest

from newsline import trace_context
from newsline.trace_context import MAX_STATE, TraceContext

STEP = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
HEADER = ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")


def test_a_header_is_written_and_read_as_the_standard_says():
    assert STEP.header() == HEADER
    assert trace_context.read([("other", b"x"), HEADER]) == STEP


def test_each_trace_and_each_step_has_an_id_of_its_own():
    first, second = trace_context.begin(), trace_context.begin()
    assert first.trace_id != second.trace_id
    steps = {first, first.child("a"), first.child("b"), first.child("a")}
    assert len(steps) == 3
    assert {step.trace_id for step in steps} == {first.trace_id}
    assert trace_context.read([first.header()]) == first


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"junk",
        HEADER[1].upper(),
        HEADER[1] + b"-more",
        HEADER[1].replace(b"4bf92f3577b34da6a3ce929d0e0e4736", b"0" * 32),
        HEADER[1].replace(b"00f067aa0ba902b7", b"0" * 16),
        b"ff" + HEADER[1][2:],
        b"\xff\x00",
    ],
)
def test_what_is_not_valid_is_no_trace(value):
    assert trace_context.read([("traceparent", value)]) is None


def test_the_state_of_other_systems_is_carried_on_unless_it_is_long():
    state = ("tracestate", b"vendor=1")
    assert trace_context.carried([HEADER, state], STEP) == (HEADER, state)
    long = ("tracestate", b"x" * (MAX_STATE + 1))
    assert trace_context.carried([long, ("other", b"y")], STEP) == (HEADER,)
