"""Where a group resumes, by its committed offset and the job's own record of it."""

import msgspec
import pytest

from newsline.broker import Place
from newsline.broker.kafka import positions
from newsline.broker.kafka.positions import Elsewhere, GroupOffset, PartitionNow, StoredPosition
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


UPGRADED = Elsewhere(outputs=True)


def place(known, own, elsewhere=UPGRADED):
    return positions.place(NOW, "group", known, own, elsewhere)


def test_where_both_agree_nothing_is_said():
    assert place(OURS, stored()) == Place(9)


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
    assert place(None, None) == Place(None, 3, 40)


def test_before_kafka_2_8_topics_have_no_id():
    now = NOW._replace(topic_id="")
    own = stored(topic_id="")
    own_commit = GroupOffset(9, positions.mark("", 9))
    assert positions.place(now, "group", own_commit, own, UPGRADED) == Place(9)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Place(40), Place(40)),
        (Place(41), Place(41, 3, 40, cut=True)),
        (Place(None, 3, 40), Place(None, 3, 40)),
    ],
)
def test_an_offset_after_the_end_means_lost_records(found, expected):
    assert positions.cut(NOW, found) == expected


KEPT = (stored(), stored())
WITHOUT_COMPLETE = (stored(), stored(complete=False))
ADDED = (stored(partitions=4), stored(partitions=2))
ADDED_AFTER_UPGRADE = (stored(partitions=2, complete=False),)
ASKS, OLDEST, UNLESS_TOLD = Place(None, 3, 40), Place(3), Place(None, 3, 40, never_read=True)
STRANGER, EARLIER = GroupOffset(24), Place(24)


@pytest.mark.parametrize(
    ("others", "outputs", "emptied", "without", "unmarked"),
    [
        ((), False, False, ASKS, ASKS),
        ((), False, True, ASKS, ASKS),
        ((), True, False, ASKS, EARLIER),
        ((), True, True, ASKS, EARLIER),
        (KEPT, False, False, UNLESS_TOLD, UNLESS_TOLD),
        (KEPT, False, True, ASKS, ASKS),
        (KEPT, True, False, UNLESS_TOLD, UNLESS_TOLD),
        (KEPT, True, True, ASKS, ASKS),
        (WITHOUT_COMPLETE, False, False, ASKS, ASKS),
        (WITHOUT_COMPLETE, False, True, ASKS, ASKS),
        (WITHOUT_COMPLETE, True, False, ASKS, EARLIER),
        (WITHOUT_COMPLETE, True, True, ASKS, EARLIER),
        (ADDED, False, False, OLDEST, OLDEST),
        (ADDED, True, False, OLDEST, OLDEST),
        (ADDED, True, True, OLDEST, OLDEST),
        (ADDED_AFTER_UPGRADE, False, False, OLDEST, OLDEST),
        (ADDED_AFTER_UPGRADE, True, False, OLDEST, OLDEST),
        (ADDED_AFTER_UPGRADE, True, True, OLDEST, OLDEST),
    ],
)
def test_without_a_position_the_rest_of_the_group_decides(
    others, outputs, emptied, without, unmarked
):
    elsewhere = Elsewhere(others, outputs, emptied)
    assert place(None, None, elsewhere) == without
    found = place(STRANGER, None, elsewhere)
    assert found._replace(line="", jump=None) == unmarked
    assert found.jump == (None if unmarked == EARLIER else OffsetJump.FOREIGN_COMMIT)
    assert "offset 24" in found.line or "resumed at 24" in found.line
    assert place(OURS, None, elsewhere) == Place(9)


@pytest.mark.parametrize(
    ("elsewhere", "first", "complete"),
    [
        (Elsewhere(), None, True),
        (UPGRADED, None, False),
        (Elsewhere(KEPT, outputs=True), 4, True),
        (Elsewhere(WITHOUT_COMPLETE), 4, False),
        (Elsewhere(ADDED), 2, True),
    ],
)
def test_a_new_position_inherits_what_the_group_knows(elsewhere, first, complete):
    assert (elsewhere.first_partitions, elsewhere.complete) == (first, complete)


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"{}", b'{"group": 1}', b"[]"])
def test_a_strangers_record_is_no_position(value):
    assert positions.decode(value) is None


def test_a_position_comes_back_as_it_was_written():
    assert positions.decode(positions.encode(stored())) == stored()
