from collections import Counter

import pytest

from newsline.broker import connect
from pipeline.beam import process_state
from pipeline.beam.source import Shares
from pipeline.flink.subtask_keys import subtask_keys


@pytest.mark.parametrize(("partitions", "workers"), [(1, 1), (4, 1), (4, 2), (4, 3), (7, 3)])
def test_each_partition_is_in_one_share(tmp_path, partitions, workers):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        broker.ensure_topic("topic", partitions, 1000)
    shares = Shares(address, "group", "topic", workers)
    dealt = [[p.number for p in shares.partitions(seat)] for seat in subtask_keys(workers)]
    assert Counter(number for share in dealt for number in share) == Counter(range(partitions))
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
    process_state.claims.give_up_all()
