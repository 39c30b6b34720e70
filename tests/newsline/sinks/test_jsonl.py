import subprocess
import sys

import msgspec
import pytest

from newsline.records import EnrichedArticle, Language, decode_enriched
from newsline.sinks import SinkError
from newsline.sinks.jsonl import JsonLines
from tests.support.example_records import NOON, article_id, raw_article


def enriched(number: int) -> EnrichedArticle:
    return EnrichedArticle(
        **msgspec.structs.asdict(raw_article(number)),
        language=Language("en", 1.0),
        entities=(),
        topic_tags=(),
        models=(),
        enriched_at=NOON,
    )


def written(directory, partition=0):
    lines = (directory / f"enriched-{partition}.jsonl").read_bytes().splitlines()
    return [decode_enriched(line).article_id for line in lines]


def ids(*numbers):
    return [article_id(number) for number in numbers]


def test_a_batch_is_a_line_per_article_in_order(tmp_path):
    JsonLines(tmp_path).write(0, "from 0", [enriched(1), enriched(2)])
    assert written(tmp_path) == ids(1, 2)


def test_batches_follow_each_other_in_their_partitions_file(tmp_path):
    sink = JsonLines(tmp_path)
    sink.write(0, "from 0", [enriched(1)])
    sink.write(1, "from 0", [enriched(2)])
    sink.write(0, "from 1", [enriched(3)])
    assert written(tmp_path, 0) == ids(1, 3)
    assert written(tmp_path, 1) == ids(2)


def test_a_batch_that_was_not_committed_is_replaced_by_the_one_from_the_same_offset(tmp_path):
    JsonLines(tmp_path).write(0, "from 0", [enriched(1)])
    JsonLines(tmp_path).write(0, "from 1", [enriched(2), enriched(3)])
    JsonLines(tmp_path).write(0, "from 1", [enriched(2)])
    assert written(tmp_path) == ids(1, 2)


def test_a_line_torn_by_a_crash_is_replaced(tmp_path):
    JsonLines(tmp_path).write(0, "from 0", [enriched(1)])
    JsonLines(tmp_path).write(0, "from 1", [enriched(2)])
    path = tmp_path / "enriched-0.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    JsonLines(tmp_path).write(0, "from 1", [enriched(2)])
    assert written(tmp_path) == ids(1, 2)


def test_a_replay_or_another_broker_is_appended_whatever_its_offsets(tmp_path):
    JsonLines(tmp_path).write(0, "group on one from 0", [enriched(1), enriched(2)])
    JsonLines(tmp_path).write(0, "group on two from 0", [enriched(1)])
    assert written(tmp_path) == ids(1, 2, 1)


WRITER = """
import sys, time
from newsline.sinks import SinkError
from newsline.sinks.jsonl import JsonLines
JsonLines(sys.argv[1]).write(0, "from 0", [])
print("written", flush=True)
time.sleep(60)
"""


def test_a_second_job_is_refused_and_cuts_nothing_away(tmp_path):
    first = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "written\n"
    with pytest.raises(SinkError, match="another job writes"):
        JsonLines(tmp_path).write(0, "from 0", [enriched(1)])
    first.kill()
    first.wait()
    first.stdout.close()
    JsonLines(tmp_path).write(0, "from 0", [enriched(1)])
    assert written(tmp_path) == ids(1)
