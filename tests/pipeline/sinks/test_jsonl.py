import msgspec

from pipeline.records import EnrichedArticle, Language, decode_enriched
from pipeline.sinks.jsonl import JsonLines
from tests.pipeline.examples import NOON, article_id, raw_article


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
    JsonLines(tmp_path).write(0, 0, [enriched(1), enriched(2)])
    assert written(tmp_path) == ids(1, 2)


def test_batches_follow_each_other_in_their_partitions_file(tmp_path):
    sink = JsonLines(tmp_path)
    sink.write(0, 0, [enriched(1)])
    sink.write(1, 0, [enriched(2)])
    sink.write(0, 1, [enriched(3)])
    assert written(tmp_path, 0) == ids(1, 3)
    assert written(tmp_path, 1) == ids(2)


def test_a_batch_that_was_not_committed_is_replaced_by_the_one_from_the_same_offset(tmp_path):
    JsonLines(tmp_path).write(0, 0, [enriched(1)])
    JsonLines(tmp_path).write(0, 1, [enriched(2), enriched(3)])
    JsonLines(tmp_path).write(0, 1, [enriched(2)])
    assert written(tmp_path) == ids(1, 2)


def test_a_line_torn_by_a_crash_is_replaced(tmp_path):
    JsonLines(tmp_path).write(0, 0, [enriched(1)])
    JsonLines(tmp_path).write(0, 1, [enriched(2)])
    path = tmp_path / "enriched-0.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    JsonLines(tmp_path).write(0, 1, [enriched(2)])
    assert written(tmp_path) == ids(1, 2)


def test_a_replay_from_the_beginning_is_appended(tmp_path):
    JsonLines(tmp_path).write(0, 0, [enriched(1)])
    JsonLines(tmp_path).write(0, 1, [enriched(2)])
    JsonLines(tmp_path).write(0, 0, [enriched(1)])
    assert written(tmp_path) == ids(1, 2, 1)
