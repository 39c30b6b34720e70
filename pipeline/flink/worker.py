"""``python -m pipeline.flink.worker CONTROL_ADDRESS WORKER_ID``: one Python worker of the job."""

from __future__ import annotations

import logging
import os
import sys

import grpc

from newsline.announce import report
from newsline.log_lines import LogEvent, LogForm
from newsline.log_output import VARIABLE, finish, own_process, start
from newsline.service.processes import exit_with_parent


def main(control_address: str, worker_id: str) -> None:
    """Serve the task manager until it disconnects, then exit at once.

    Unfinished batches are not committed; the partition's next owner reads them again.
    """
    exit_with_parent()
    log = LogForm(os.environ.get(VARIABLE, LogForm.TEXT))
    own_process()
    start(log, times=True, debug=False)
    logging.getLogger("apache_beam").setLevel(logging.NOTSET)  # tells why a bundle failed
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    try:
        SdkHarness(control_address, worker_id=worker_id).run()
    except grpc.RpcError:
        report(f"worker {worker_id}: its task manager has gone", LogEvent.WORKER)
    finally:
        finish()
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
