"""Where a group resumes, by its committed offset and the job's own record of it."""

import msgspec
import pytest

from newsline.broker.kafka import positions
from newsline.broker.kafka.positions import GroupOffset, PartitionNow, StoredPosition
from newsline.outcomes import OffsetJump

NOW = PartitionNow("news.raw", "id", 2, oldest=3, end=40)
OURS = GroupOffset(9, positions.mark("id", 9))


def stored(offset: int = 9, **fields) -> StoredPosition:
    return msgspec.structs.replace(
        StoredPosition(
            group="group",
            topic="news.raw",
            topic_id="id",
            partition=2,
            offset=offset,
            partitions=4,
            complete=True,
            at=0.0,
        ),
        **fields,
    )


def place(known, own):
    return positions.place(NOW, "group", known, own)


def test_where_both_agree_nothing_is_said():
    assert place(OURS, stored()) == (9, 0, 0, None, "")


def test_an_expired_offset_is_replaced_by_our_record():
    found = place(None, stored())
    assert (found.offset, found.jump) == (9, OffsetJump.EXPIRED)
    assert found.line == (
        "the offset of group group for news.raw partition 2 has expired: resumed at 9,"
        " by news.positions"
    )


@pytest.mark.parametrize(
    "foreign",
    [GroupOffset(24), GroupOffset(24, "of a colleague"), GroupOffset(9), GroupOffset(24, OURS[1])],
    ids=["ahead", "with metadata", "at the same offset", "with our mark"],
)
def test_the_commit_of_another_program_is_refused(foreign):
    found = place(foreign, stored())
    assert (found.offset, found.jump) == (9, OffsetJump.FOREIGN_COMMIT)
    assert f"has committed offset {foreign.offset} of news.raw partition 2" in found.line


@pytest.mark.parametrize(
    ("known", "own"),
    [
        (GroupOffset(9, positions.mark("former", 9)), stored(topic_id="former")),
        (None, stored(topic_id="former")),
        (GroupOffset(24), stored(topic_id="former")),
        (GroupOffset(9, positions.mark("former", 9)), None),
    ],
    ids=["both", "our record", "and another program", "the mark"],
)
def test_a_topic_that_was_created_again_is_read_from_its_start(known, own):
    found = place(known, own)
    assert (found.offset, found.jump) == (3, OffsetJump.RECREATED)
    assert found.line.startswith("news.raw was created again: partition 2 is read from its start")


def test_an_offset_of_the_version_before_is_taken_over_and_said():
    found = place(GroupOffset(9), None)
    assert (found.offset, found.jump) == (9, None)
    assert "as earlier versions did" in found.line


def test_a_group_without_a_place_may_choose():
    assert place(None, None) == (None, 3, 40, None, "")


def test_before_kafka_2_8_topics_have_no_id():
    now = NOW._replace(topic_id="")
    own = stored(topic_id="")
    assert positions.place(now, "group", GroupOffset(9, positions.mark("", 9)), own).jump is None


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], False),
        ([stored(complete=True)], True),
        ([stored(complete=False, partitions=2)], True),
        ([stored(complete=False, partitions=4)], False),
        ([stored(complete=False, partitions=2), stored(complete=False, partitions=3)], False),
    ],
    ids=["alone", "all are kept", "added since", "it was there", "one saw it"],
)
def test_only_a_partition_whose_place_cannot_be_lost_was_never_read(others, expected):
    assert positions.never_read(2, others) is expected


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"{}", b'{"group": 1}', b"[]"])
def test_a_strangers_record_is_no_position(value):
    assert positions.decode(value) is None


def test_a_position_comes_back_as_it_was_written():
    assert positions.decode(positions.encode(stored())) == stored()
