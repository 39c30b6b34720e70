"""A program to be killed: counts on in a topic, 50 numbers a transaction, and says when one is in.

Its position says how many numbers there are. Arguments: broker's address, name, topic.
"""

from __future__ import annotations

import itertools
import sys

from newsline.broker import Message, Position, connect

address, name, topic = sys.argv[1:]
broker = connect(address)
producer = broker.producer(name)
(start,) = broker.committed(name, topic)
for end in itertools.count(start + 50, 50):
    numbers = [Message(topic, b"k", b"%d" % number) for number in range(end - 50, end)]
    producer.commit(numbers, Position(name, topic, 0, end))
    print(end, flush=True)
