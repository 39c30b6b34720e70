"""Reference pages from the code: blocks in docs/ that this package fills."""
