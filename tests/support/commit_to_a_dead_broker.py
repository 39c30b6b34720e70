"""A program that commits, waits for a line on its standard input, and commits again.

It says what came of each. Arguments: broker's address, name, topic, the time limit of a commit.
"""

from __future__ import annotations

import sys

from newsline.broker import BrokerError, Message, connect
from newsline.broker.kafka import producer as kafka_producer

address, name, topic, seconds = sys.argv[1:]
kafka_producer.COMMIT_SECONDS = float(seconds)
producer = connect(address).producer(name)
for value in (b"1", b"2", b"3"):
    try:
        producer.commit([Message(topic, b"k", value)])
        print("committed", flush=True)
    except BrokerError as error:
        print(type(error).__name__, flush=True)
    sys.stdin.readline()
