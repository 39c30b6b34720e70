"""Dead letters for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newsline.broker import Broker, Message
from newsline.outcomes import Reason, Stage
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, DeadLetter, encode
from newsline.topics.dead_letters.marks import LetterPlace


def dead_letter(number: int = 1, stage: str = "decode", reason: str = "invalid", **fields: Any):
    """Make a dead letter; ``fields`` replace the defaults."""
    defaults: dict[str, Any] = {
        "stage": Stage(stage),
        "reason": Reason(reason),
        "error": "Object missing required field `title`",
        "attempts": 1,
        "topic": RAW_TOPIC,
        "partition": 0,
        "offset": number,
        "key": f"key {number}".encode(),
        "original": f"original {number}".encode(),
        "failed_at": datetime.now(UTC),
    }
    return DeadLetter(**(defaults | fields))


def put_letter(broker: Broker, *arguments: Any, **fields: Any) -> LetterPlace:
    """Write a dead letter to its topic. Returns its place."""
    letter = dead_letter(*arguments, **fields)
    broker.producer("test-letters").commit(
        [Message(DEAD_LETTER_TOPIC, letter.key or b"-", encode(letter))]
    )
    partition = broker.partition_of(DEAD_LETTER_TOPIC, letter.key or b"-")
    return LetterPlace(partition, broker.end_offsets(DEAD_LETTER_TOPIC)[partition] - 1)
