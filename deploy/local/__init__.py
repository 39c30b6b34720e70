"""Real servers on this machine, without docker: Kafka, ZooKeeper and Flink.

``python -m deploy.local start`` (``make cluster``) starts them and newsline on them, polls the
sample newsroom into it and leaves it all running; ``stop`` (``make cluster-stop``) ends it. Tests
take :class:`.kafka.KafkaServer` and :class:`.flink.FlinkCluster`, whose processes die with theirs.

It needs a JDK 17 and Maven, and runs from a checkout: it is not part of the distribution. What the
servers are made of comes from Maven Central and PyPI, once, into ``.cache/``. Everything else that
is written is in ``data/cluster/``:

- ``kafka/``: the topics. They stay when it is stopped, and a new start goes on with them.
- ``flink/``: made anew at each start, but for ``savepoints/``. The offsets are in Kafka.
- ``sample/TIME/``: what was polled and seen of the sample newsroom.
- ``*/*.log``: a log for each process.
- ``environment``: for a shell, newsline's settings for this cluster.
- ``cluster.json``: which processes were started, for ``stop``.

Only 127.0.0.1 is listened on, but for two things that Flink 1.19 and Beam 2.62 have no setting for:
the metrics for Prometheus, and the ports on which a task manager waits for its Python workers.
"""
