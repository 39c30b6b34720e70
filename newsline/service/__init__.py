"""Parts of every long-running process: metrics, status endpoints, live page, end with parent."""
