import pytest

from newsline.broker import Fenced, Message, connect
from pipeline.beam import process_state
from pipeline.beam.claims import Partition, PartitionClaim


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
