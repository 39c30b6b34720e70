"""``python -m pipeline.flink.worker CONTROL_ADDRESS WORKER_ID``: one Python worker of the job."""

from __future__ import annotations

import logging
import os
import sys

import grpc

from newsline.service.processes import exit_with_parent


def main(control_address: str, worker_id: str) -> None:
    """Work until the task manager hangs up, and end at once then, whatever is in hand: it is not
    committed, and is read again by whoever has the partition next."""
    exit_with_parent()
    logging.basicConfig(level=logging.ERROR)
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    try:
        SdkHarness(control_address, worker_id=worker_id).run()
    except grpc.RpcError:
        print(f"worker {worker_id}: its task manager has gone", file=sys.stderr, flush=True)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
