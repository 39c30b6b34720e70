"""The pool of Python workers beside a Flink task manager, which starts and ends them through it.

Only the protocol is Beam's: the BeamFnExternalWorkerPool service of the Fn API. Beam's own pool
(worker_pool_main) listens on all addresses, where anybody could start processes; runs the first
``python`` on the PATH; and leaves each worker's stdout in a pipe without a reader.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from apache_beam.portability.api import beam_fn_api_pb2 as fn_api
from apache_beam.portability.api import beam_fn_api_pb2_grpc as fn_api_grpc
from apache_beam.utils import thread_pool_executor

from newsline.announce import PARENT, fail
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.log_output import VARIABLE, form
from pipeline.flink.callers import refusal


class WorkerPool(fn_api_grpc.BeamFnExternalWorkerPoolServicer):
    """Starts a worker process per request.

    A worker ends with its task manager's connection, or with the pool.
    """

    def __init__(self) -> None:
        self._workers: list[subprocess.Popen[bytes]] = []

    def StartWorker(  # noqa: N802 - the protocol's name
        self, request: fn_api.StartWorkerRequest, context: grpc.ServicerContext
    ) -> fn_api.StartWorkerResponse:
        if refused := refusal(context.peer(), request.control_endpoint.url):
            fail(f"no worker started: {refused}", LogEvent.WORKER)
            return fn_api.StartWorkerResponse(error=refused)
        self._workers = [worker for worker in self._workers if worker.poll() is None]
        command = [sys.executable, "-m", "pipeline.flink.worker"]
        arguments = [request.control_endpoint.url, request.worker_id]
        environment = os.environ | {PARENT: str(os.getpid()), VARIABLE: form()}
        try:
            worker = subprocess.Popen(
                [*command, *arguments], stdin=subprocess.DEVNULL, env=environment
            )
        except OSError as error:
            return fn_api.StartWorkerResponse(error=f"no worker can be started: {error}")
        self._workers.append(worker)
        threading.Thread(target=worker.wait, daemon=True).start()  # reaps it
        return fn_api.StartWorkerResponse()

    def StopWorker(  # noqa: N802
        self, request: fn_api.StopWorkerRequest, _: object
    ) -> fn_api.StopWorkerResponse:
        """Nothing to do: the task manager disconnects as well.

        Worker ids are not unique: task managers that share a pool use the same ones.
        """
        return fn_api.StopWorkerResponse()

    def close(self) -> None:
        """Kill all workers. Their unfinished batches are not committed, and are read again."""
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.wait()


@contextmanager
def serving(address: str) -> Iterator[str]:
    """Run a pool on HOST:PORT (port 0: a free one) during the block; yields its address."""
    host, _, port = address.rpartition(":")
    pool = WorkerPool()
    server = grpc.server(
        thread_pool_executor.shared_unbounded_instance(),
        options=[("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0)],
    )
    fn_api_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    try:
        bound = server.add_insecure_port(address) if host and port.isdecimal() else 0
    except RuntimeError:
        bound = 0
    if not bound:
        raise OperatorError(
            f"cannot listen for task managers on {address!r}: is it HOST:PORT, and the port free?"
        )
    server.start()
    try:
        yield f"{host}:{bound}"
    finally:
        server.stop(None)
        pool.close()
