from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY

from newsline.broker import Broker, Fenced, Message, Place, Records, connect
from newsline.broker.embedded import EmbeddedBroker
from newsline.errors import OperatorError
from newsline.outcomes import OffsetJump
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC
from newsline.topics import contents
from pipeline.beam import claims, process_state
from pipeline.beam.claims import Begin, Partition, PartitionClaim


@pytest.fixture
def partition(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        broker.ensure_topic("in", 1, 1_000)
        broker.ensure_topic("out", 1, 1_000)
    yield Partition(address, "group", "in", 0)
    process_state.claims.give_up_all()


def output(text: str) -> list[Message]:
    return [Message("out", b"k", text.encode())]


def test_a_claim_begins_at_the_committed_offset(partition):
    process_state.claims.claim(partition).commit(output("one"), 5)
    process_state.claims.give_up(partition)
    assert process_state.claims.claim(partition).offset == 5


def test_a_process_holds_one_claim_on_a_partition(partition):
    assert process_state.claims.claim(partition) is process_state.claims.claim(partition)


def test_a_claim_fences_the_one_before(partition):
    with connect(partition.broker) as broker:
        older = PartitionClaim(broker, partition)
        newer = process_state.claims.claim(partition)
        with pytest.raises(Fenced):
            older.commit(output("of the older"), 1)
        newer.commit(output("of the newer"), 1)
        assert [r.value for r in broker.read("out", 0, 0, limit=9)] == [b"of the newer"]


def test_after_a_failed_commit_a_new_claim_starts_from_what_the_broker_knows(partition):
    held = process_state.claims.claim(partition)
    held.commit(output("one"), 1)
    with pytest.raises(Exception, match="does not exist"):
        held.commit([Message("nowhere", b"k", b"v")], 2)
    process_state.claims.give_up(partition)
    assert process_state.claims.claim(partition).offset == 1


class Jumped(EmbeddedBroker):
    """A broker on which the group's place is ``place``."""

    place = Place(0)

    def resume(self, group: str, topic: str, partition: int) -> Place:
        return self.place


@pytest.fixture
def jumped(tmp_path) -> Iterator[Jumped]:
    with Jumped(tmp_path / "broker.db") as broker:
        contents.ensure(broker)
        yield broker


RAW = Partition("embedded", "group", RAW_TOPIC, 2)


def metric(name: str, **labels) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def publish(broker: Broker, topic: str) -> None:
    broker.producer("test").commit([Message(topic, b"%d" % n, b"v") for n in range(20)])


def test_a_claim_commits_its_offset_at_once(jumped):
    jumped.place = Place(7)
    PartitionClaim(jumped, RAW)
    assert jumped.committed("group", RAW_TOPIC)[2] == 7


def test_a_jump_of_the_offset_is_a_line_and_counted(jumped, capfd):
    before = metric("newsline_offset_jumps_total", reason="expired")
    jumped.place = Place(7, jump=OffsetJump.EXPIRED, line="expired: resumed at 7")
    assert PartitionClaim(jumped, RAW).offset == 7
    assert capfd.readouterr().err == "newsline: warning: expired: resumed at 7\n"
    assert metric("newsline_offset_jumps_total", reason="expired") == before + 1


@pytest.mark.parametrize("output", [ENRICHED_TOPIC, DEAD_LETTER_TOPIC])
def test_a_group_without_a_place_does_not_begin_where_there_are_outputs(jumped, output):
    publish(jumped, output)
    jumped.place = Place(None, oldest=3, end=40)
    with pytest.raises(OperatorError) as error:
        PartitionClaim(jumped, RAW)
    assert str(error.value) == (
        "group group has no offset for news.raw partition 2, but news.enriched has records:"
        " enrich --from-start reads it from offset 3 (what was enriched is enriched again),"
        " --from-end from 40 (what was not is skipped)"
    )
    assert PartitionClaim(jumped, RAW, Begin.START).offset == 3
    assert PartitionClaim(jumped, RAW, Begin.END).offset == 40


def test_a_new_group_begins_at_the_oldest_record_where_there_are_no_outputs(jumped):
    jumped.place = Place(None, oldest=3, end=40)
    assert PartitionClaim(jumped, RAW).offset == 3


def test_a_partition_that_was_never_read_begins_at_its_oldest_record_unless_told(jumped):
    publish(jumped, ENRICHED_TOPIC)
    jumped.place = Place(None, oldest=3, end=40, never_read=True)
    assert PartitionClaim(jumped, RAW).offset == 3
    assert PartitionClaim(jumped, RAW, Begin.END).offset == 40


def test_where_kafka_has_lost_records_the_operator_chooses(jumped, capfd):
    jumped.place = Place(90, oldest=3, end=40, cut=True)
    with pytest.raises(OperatorError) as error:
        PartitionClaim(jumped, RAW)
    assert str(error.value) == (
        "news.raw partition 2 ends at 40, before offset 90, where group group was: Kafka has lost"
        " records: enrich --from-start reads the partition from offset 3 (what was enriched is"
        " enriched again), --from-end from 40 (what was written since the loss is skipped)"
    )
    assert PartitionClaim(jumped, RAW, Begin.START).offset == 3
    assert "begins at 3, by --from-start" in capfd.readouterr().err
    assert PartitionClaim(jumped, RAW, Begin.END).offset == 40


def test_a_choice_is_only_for_a_group_without_a_place(jumped):
    jumped.place = Place(7, oldest=3, end=40)
    assert PartitionClaim(jumped, RAW, Begin.START).offset == 7


def test_records_deleted_unread_are_a_line_and_counted(jumped, capfd, monkeypatch):
    before = metric("newsline_offsets_skipped_total", partition="2")
    claim = PartitionClaim(jumped, RAW)
    monkeypatch.setattr(jumped, "read", lambda *_, **__: Records([], 30, 31))
    assert claim.read(10, 0.0) is None
    assert metric("newsline_offsets_skipped_total", partition="2") == before + 30
    assert capfd.readouterr().err == (
        "newsline: warning: news.raw partition 2: offsets 0 to 29 were deleted before they were"
        " enriched (retention or delete-records); goes on at 30\n"
    )
    assert jumped.committed("group", RAW_TOPIC)[2] == 30


def test_an_unchanged_offset_is_committed_again_every_day(jumped, monkeypatch):
    claim = PartitionClaim(jumped, RAW)
    commits = []
    monkeypatch.setattr(claim, "_write", lambda messages, offset: commits.append(offset))
    claim.read(10, 0.0)
    assert commits == []
    monkeypatch.setattr(claims, "KEEP_SECONDS", -1.0)
    claim.read(10, 0.0)
    assert commits == [0]
