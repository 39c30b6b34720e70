import pytest

from newsline.broker import Fenced, Record, connect
from newsline.records import RAW_TOPIC
from newsline.topics import contents
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
