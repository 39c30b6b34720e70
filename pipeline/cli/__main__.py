"""``python -m pipeline.cli`` is the newsline command; ``newsline run`` starts its processes so."""

from pipeline.cli import main

main()
