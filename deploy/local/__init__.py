"""Real servers on this machine, without docker: Kafka, ZooKeeper and Flink.

``python -m deploy.local start`` (``make cluster``) starts them with newsline, polls the sample
newsroom and leaves them running; ``stop`` (``make cluster-stop``) ends them. A keeper starts again
what ends meanwhile. Tests use
:class:`.kafka.KafkaServer` and :class:`.flink.FlinkCluster`, whose processes end with the test's.

It needs a JDK 17, Maven and a checkout: it is not part of the distribution. The servers' files are
downloaded once, from Maven Central and PyPI, into ``.cache/``. All other files are in
``data/cluster/``:

- ``kafka/``: the topics. They are kept, and used again by the next start.
- ``flink/``: created at each start, except ``savepoints/``. The offsets are in Kafka.
- ``sample/TIME/``: the connector's state for one run of the sample newsroom.
- ``*/*.log``: one log per process.
- ``environment``: newsline's settings for this cluster, for a shell.
- ``cluster.json``: the processes that were started, for ``stop`` and for the keeper.
- ``keeper.log``: a line for each process that was started again.

All listen on 127.0.0.1 only, with two exceptions that Flink 1.19 and Beam 2.62 have no setting for:
Flink's metrics for Prometheus, and the ports on which a task manager waits for Python workers.
"""
