"""The state of this process that outlives a round: one page, one object of each kind.

Beam pickles DoFns and makes them anew, and runs several copies of each in threads. So no DoFn
keeps anything that must survive; it is here, shared by all threads, and never pickled. The source,
which reads from a claim, and the sink, which commits to it, are fused and run in one process.
"""

from __future__ import annotations

import threading

from pipeline.beam.children import SharedSandbox
from pipeline.beam.claims import Claims
from pipeline.beam.first_error import FirstError
from pipeline.beam.heartbeat import Heartbeat
from pipeline.beam.in_flight import InFlight

claims = Claims()
"""Broker connections, and the partitions that this process may commit for."""

in_flight = InFlight()
"""Batches that children are working on."""

sandbox = SharedSandbox()
"""The children."""

first_error = FirstError()
"""The exception behind a failed job."""

heartbeat = Heartbeat()
"""The time of the last round, for ``/livez``."""

draining = threading.Event()
"""Set to end every share once its batches in flight are committed."""


def close() -> None:
    """End the children, drop their work, and close every claim and connection."""
    sandbox.close()
    in_flight.clear()
    claims.give_up_all()
