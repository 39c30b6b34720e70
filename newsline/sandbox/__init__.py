"""Functions in killable child processes: deadline, memory limit, fair queueing."""
