"""``python -m newsline`` is the newsline command; ``newsline run`` starts its processes so."""

from newsline.cli import main

main()
