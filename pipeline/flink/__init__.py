"""The job on a Flink cluster: submitted, watched and stopped through the cluster's REST interface.

Nothing here needs a JVM where the operator sits. The job is packed into Beam's job server jar and
sent to the cluster, which runs it; its Python half runs in :mod:`.workers`, beside each task
manager.
"""
