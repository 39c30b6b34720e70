"""The pool, asked over its real protocol."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import grpc
import pytest
from apache_beam.portability.api import beam_fn_api_pb2 as fn_api
from apache_beam.portability.api import beam_fn_api_pb2_grpc as fn_api_grpc
from apache_beam.portability.api import endpoints_pb2

from deploy.local.process import free_ports
from newsline.broker import connect
from newsline.errors import OperatorError
from newsline.topics import contents
from pipeline.flink.workers import serving
from tests.support.command import Command, children, until


def start_worker(pool: str, control: str) -> fn_api.StartWorkerResponse:
    with grpc.insecure_channel(pool) as channel:
        grpc.channel_ready_future(channel).result(30)
        stub = fn_api_grpc.BeamFnExternalWorkerPoolStub(channel)
        return stub.StartWorker(
            fn_api.StartWorkerRequest(
                worker_id="1-1", control_endpoint=endpoints_pb2.ApiServiceDescriptor(url=control)
            )
        )


def test_workers_of_the_same_name_run_side_by_side_and_end_with_the_pool(tmp_path):
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    with socket.create_server(("127.0.0.1", 0)) as task_manager:
        control = f"127.0.0.1:{task_manager.getsockname()[1]}"
        broker = f"embedded:{tmp_path / 'broker.db'}"
        with connect(broker) as connection:
            contents.ensure(connection)
        arguments = ("--broker", broker, "--worker-address", address, "--status", "127.0.0.1:0")
        with Command(tmp_path / "worker.log", "worker", *arguments) as pool:
            for _ in range(2):
                assert start_worker(address, control).error == ""
            until(lambda: len(children(pool.process.pid)) == 2, "two workers")
            workers = children(pool.process.pid)
            os.kill(workers[0], signal.SIGKILL)
            until(lambda: children(pool.process.pid) == workers[1:], "that it is cleared away")
            pool.kill()
            until(lambda: not Path(f"/proc/{workers[1]}").exists(), "the end of the other")


def test_the_pool_listens_where_it_is_told_and_nowhere_else():
    with serving("127.0.0.1:0") as address:
        port = int(address.rpartition(":")[2])
        listening = [
            fields[1].partition(":")[0]
            for table in ("tcp", "tcp6")
            for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines())
            if fields[1].endswith(f":{port:04X}") and fields[3] == "0A"
        ]
        assert listening
        assert all(host.endswith("0100007F") for host in listening)


@pytest.mark.parametrize("address", ["50000", "127.0.0.1:", "127.0.0.1:http"])
def test_an_address_that_is_none_is_told_in_one_line(address):
    with pytest.raises(OperatorError, match="HOST:PORT"), serving(address):
        pass


def test_a_port_that_is_taken_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(OperatorError, match="cannot listen for task managers"),
            serving(address),
        ):
            pass
