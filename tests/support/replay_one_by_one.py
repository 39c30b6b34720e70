"""``newsline`` with a transaction for each dead letter, to be killed between and within them."""

from newsline.cli import main
from newsline.topics.dead_letters import settling

settling.MOST = 1

if __name__ == "__main__":
    main()
