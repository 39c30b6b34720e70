"""``make bench-cluster``: the job on a real Kafka and a real Flink."""
