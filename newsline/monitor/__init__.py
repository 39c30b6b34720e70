"""The condition of the whole pipeline, read from outside: topics, committed offsets, state."""
