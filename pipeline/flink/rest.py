"""A client of Flink's REST API, for the calls that newsline needs.

https://nightlies.apache.org/flink/flink-docs-release-1.19/docs/ops/rest_api/
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import requests

from newsline.errors import OperatorError

ANSWER_SECONDS = 60.0
"""Limit for one answer: the cluster unpacks and compiles a job within one request."""

LOOK_AGAIN_SECONDS = 0.2

ENTRY_CLASS = "org.apache.beam.runners.flink.FlinkPipelineRunner"

ENDED = ("FAILED", "CANCELED", "FINISHED")


class FlinkError(OperatorError):
    """The cluster does not answer, or refuses a request; one line."""


class FlinkJob(NamedTuple):
    """A job in the cluster's overview; ``started`` in seconds since 1970."""

    id: str
    name: str
    state: str
    started: float
    tasks: Mapping[str, int]

    @property
    def runs(self) -> bool:
        """True if all tasks run: a job is RUNNING before its tasks are."""
        return self.state == "RUNNING" and self.tasks["running"] == self.tasks["total"]

    @property
    def ended(self) -> bool:
        return self.state in ENDED


class Checkpoints(NamedTuple):
    """Counts of checkpoints, and the last complete one (seconds since 1970, bytes)."""

    completed: int
    failed: int
    last_at: float | None
    last_seconds: float
    last_bytes: int


class FlinkFailure(NamedTuple):
    """The reason of a restart or a failure, and its time (seconds since 1970)."""

    at: float
    reason: str


class FlinkRest:
    """The REST API of one cluster. ``master``: HOST:PORT of the job manager, or its http(s) URL."""

    def __init__(self, master: str) -> None:
        self.url = (master if "://" in master else f"http://{master}").rstrip("/")

    def slots(self) -> tuple[int, int]:
        """The number of slots, and of free ones."""
        overview = self._ask("GET", "/v1/overview")
        return overview["slots-total"], overview["slots-available"]

    def jobs(self, name: str) -> Sequence[FlinkJob]:
        """The jobs of this name, newest first, ended ones included."""
        found = [
            FlinkJob(job["jid"], name, job["state"], job["start-time"] / 1000, job["tasks"])
            for job in self._ask("GET", "/v1/jobs/overview")["jobs"]
            if job["name"] == name
        ]
        return sorted(found, key=lambda job: job.started, reverse=True)

    def running(self, name: str) -> FlinkJob | None:
        """The job of this name that has not ended."""
        return next((job for job in self.jobs(name) if not job.ended), None)

    def run(self, jar: Path, savepoint: str | None) -> str:
        """Run the jar, from the savepoint if there is one; returns the job's id."""
        with jar.open("rb") as file:
            uploaded = self._ask("POST", "/v1/jars/upload", files={"jarfile": (jar.name, file)})
        name = Path(uploaded["filename"]).name
        try:
            body = {"entryClass": ENTRY_CLASS} | ({"savepointPath": savepoint} if savepoint else {})
            return str(self._ask("POST", f"/v1/jars/{name}/run", json=body)["jobid"])
        finally:
            self._ask("DELETE", f"/v1/jars/{name}")

    def stop(self, job: str, seconds: float) -> str:
        """End the job once its batches in progress are committed; returns the savepoint's path."""
        trigger = self._ask("POST", f"/v1/jobs/{job}/stop", json={"drain": False})["request-id"]
        path = f"/v1/jobs/{job}/savepoints/{trigger}"
        operation = self._when_complete(path, seconds)
        return str(operation["location"])

    def dispose(self, savepoint: str, seconds: float) -> None:
        """Delete the savepoint."""
        asked = self._ask("POST", "/v1/savepoint-disposal", json={"savepoint-path": savepoint})
        self._when_complete(f"/v1/savepoint-disposal/{asked['request-id']}", seconds)

    def cancel(self, job: str) -> None:
        """End the job at once; returns before it has ended."""
        self._ask("PATCH", f"/v1/jobs/{job}", params={"mode": "cancel"})

    def checkpoints(self, job: str) -> Checkpoints:
        found = self._ask("GET", f"/v1/jobs/{job}/checkpoints")
        last = found["latest"]["completed"]
        return Checkpoints(
            found["counts"]["completed"],
            found["counts"]["failed"],
            last["trigger_timestamp"] / 1000 if last else None,
            last["end_to_end_duration"] / 1000 if last else 0.0,
            last["state_size"] if last else 0,
        )

    def failures(self, job: str) -> Sequence[FlinkFailure]:
        """The newest failures of the job, newest first."""
        history = self._ask("GET", f"/v1/jobs/{job}/exceptions")["exceptionHistory"]["entries"]
        return [
            FlinkFailure(entry["timestamp"] / 1000, reason(entry["stacktrace"]))
            for entry in history
            if entry.get("stacktrace")
        ]

    def wait_until(
        self, job: str, name: str, reached: Callable[[FlinkJob], bool], seconds: float
    ) -> FlinkJob:
        """The job once ``reached`` is true or it has ended. Raises FlinkError after ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            found = next((each for each in self.jobs(name) if each.id == job), None)
            if found and (reached(found) or found.ended):
                return found
            if time.monotonic() > deadline:
                state = found.state if found else "unknown to the cluster"
                raise FlinkError(
                    f"job {job} is still {state} after {seconds:.0f} s: {self._why(job)}"
                )
            time.sleep(LOOK_AGAIN_SECONDS)

    def _why(self, job: str) -> str:
        total, free = self.slots()
        failures = self.failures(job)
        if failures:
            return failures[0].reason
        return f"see {self.page(job)}; of the cluster's {total} slots {free} are free"

    def page(self, job: str) -> str:
        """The URL of the job's page."""
        return f"{self.url}/#/job/running/{job}"

    def _when_complete(self, path: str, seconds: float) -> dict[str, Any]:
        """The result of an asynchronous operation."""
        deadline = time.monotonic() + seconds
        while (answer := self._ask("GET", path))["status"]["id"] != "COMPLETED":
            if time.monotonic() > deadline:
                raise FlinkError(f"{self.url} has not finished {path} in {seconds} s")
            time.sleep(LOOK_AGAIN_SECONDS)
        operation: dict[str, Any] = answer["operation"] or {}
        if cause := operation.get("failure-cause"):
            raise FlinkError(f"{self.url}: {reason(cause['stack-trace'])}")
        return operation

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = requests.request(method, self.url + path, timeout=ANSWER_SECONDS, **arguments)
        except requests.RequestException as error:
            raise FlinkError(
                f"Flink at {self.url} does not answer ({type(error).__name__}): is it running, and"
                " is this the address of its REST interface?"
            ) from error
        if answer.status_code >= 400:
            raise FlinkError(f"{self.url}{path}: {reason(_complaint(answer))}")
        return answer.json() if answer.content else {}


def _complaint(answer: requests.Response) -> str:
    try:
        return "\n".join(answer.json()["errors"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"


_OURS = re.compile(r"^(?:newsline|connectors|pipeline)\.[\w.]*?(\w+): (.+)$", re.MULTILINE)
_CAUSE = re.compile(r"^Caused by: (?:[\w$]+\.)*([\w$]+(?:: .+)?)$", re.MULTILINE)


def reason(stacktrace: str) -> str:
    """A stack trace in one line: the message of our own exception, or else the last cause."""
    if ours := _OURS.findall(stacktrace):
        return f"{ours[-1][0]}: {ours[-1][1]}"
    if causes := _CAUSE.findall(stacktrace):
        return str(causes[-1])
    lines = stacktrace.strip().splitlines()
    return lines[0] if lines else "no reason given"
