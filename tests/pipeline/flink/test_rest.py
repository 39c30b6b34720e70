import pytest

from pipeline.flink.rest import FlinkError, FlinkRest, reason

SDK_FAILURE = """\
org.apache.flink.runtime.taskmanager.AsynchronousException: Caught exception while processing timer.
\tat org.apache.flink.streaming.runtime.tasks.StreamTask.run(StreamTask.java:1741)
Caused by: java.util.concurrent.ExecutionException: java.lang.RuntimeException: Error received \
from SDK harness for instruction 7: Traceback (most recent call last):
  File "newsline/broker/kafka/producer.py", line 91, in commit
    _within(COMMIT_SECONDS, lambda: self._transact(messages, position))
TimeoutError: no end of the transaction in 30 s

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "pipeline/beam/sink.py", line 30, in process
    metrics.count_outcomes(self._commit(enriched))
newsline.broker.BrokerUnreachable: kafka://127.0.0.1:9092 does not answer: no end of it in 30 s

\tat java.base/java.lang.Thread.run(Thread.java:840)
"""

FLINKS_OWN = """\
org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy
\tat org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler.handleFailure
Caused by: java.lang.Exception: TaskManager was lost
\tat org.apache.flink.runtime.jobmaster.JobMaster.disconnectTaskManager(JobMaster.java:574)
Caused by: java.util.concurrent.TimeoutException: Heartbeat of TaskManager with id tm-1 timed out.
\t... 26 more
"""


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        (
            SDK_FAILURE,
            "BrokerUnreachable: kafka://127.0.0.1:9092 does not answer: no end of it in 30 s",
        ),
        (FLINKS_OWN, "TimeoutException: Heartbeat of TaskManager with id tm-1 timed out."),
        ("Not enough slots.", "Not enough slots."),
        ("", "no reason given"),
    ],
)
def test_a_stack_trace_is_told_in_the_line_that_matters(trace, expected):
    assert reason(trace) == expected


def test_a_cluster_that_does_not_answer_is_told_with_its_address():
    with pytest.raises(FlinkError, match=r"^Flink at http://127\.0\.0\.1:1 does not answer .*REST"):
        FlinkRest("127.0.0.1:1").slots()
