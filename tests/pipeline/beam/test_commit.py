import pytest

from newsline.broker import BrokerUnreachable, Fenced, Record, connect
from newsline.records import RAW_TOPIC
from newsline.topics import contents
from pipeline.beam import commit as module
from pipeline.beam import process_state
from pipeline.beam.claims import Batch, Partition, PartitionClaim
from pipeline.beam.commit import CommitBatch
from pipeline.beam.enrichment import EnrichedBatch


def test_a_batch_of_a_claim_that_was_lost_since_is_not_committed(tmp_path):
    """The process that took over has committed the batch; a claim made anew starts after it."""
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
        partition = Partition(address, "group", RAW_TOPIC, 0)
        batch = Batch(partition, 0, 5, (Record(0, b"k", b"v", 1.0),))
        process_state.claims.claim(partition)
        process_state.claims.give_up(partition)
        PartitionClaim(broker, partition).commit([], 5)
        with pytest.raises(Fenced, match="taken over"):
            CommitBatch([]).process(EnrichedBatch(batch, ()))
        assert broker.committed("group", RAW_TOPIC)[0] == 5
    process_state.claims.give_up_all()


@pytest.fixture
def batch(tmp_path):
    """A batch of no articles that has been read, and its partition's broker."""
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
        partition = Partition(address, "group", RAW_TOPIC, 0)
        yield broker, Batch(partition, 0, 5, (Record(0, b"k", b"v", 1.0),))
    process_state.claims.give_up_all()


@pytest.mark.parametrize("written", [True, False], ids=["written", "not written"])
def test_a_commit_with_an_unknown_outcome_is_settled_when_the_broker_is_back(
    batch, monkeypatch, capsys, written
):
    broker, read = batch
    attempts = []

    def commit(claim, messages, next_offset):
        attempts.append(next_offset)
        if written or len(attempts) > 2:
            real(claim, messages, next_offset)
        if len(attempts) <= 2:
            raise BrokerUnreachable("no answer")

    real = PartitionClaim.commit
    monkeypatch.setattr(PartitionClaim, "commit", commit)
    monkeypatch.setattr(module, "RETRY_PAUSE", 0.01)
    CommitBatch([]).process(EnrichedBatch(read, ()))
    assert attempts == ([5] if written else [5, 5, 5])
    assert broker.committed("group", RAW_TOPIC)[0] == 5
    assert process_state.claims.claim(read.partition).offset == 5
    assert capsys.readouterr().err.splitlines() == [
        "the broker is unreachable, retrying: no answer",
        "the broker is reachable again",
    ]


def test_a_broker_that_stays_away_ends_the_job(batch, monkeypatch):
    _, read = batch

    def commit(*_):
        raise BrokerUnreachable("no answer")

    monkeypatch.setattr(PartitionClaim, "commit", commit)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    with pytest.raises(BrokerUnreachable, match="no answer"):
        CommitBatch([]).process(EnrichedBatch(read, ()))
