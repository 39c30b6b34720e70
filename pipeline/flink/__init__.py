"""The job on a Flink cluster: submitted, watched and stopped through the cluster's REST API.

The operator's machine needs no JVM. The job is packed into Beam's job server jar and sent to the
cluster, which runs it; its Python code runs in :mod:`.workers`, beside each task manager.
"""
