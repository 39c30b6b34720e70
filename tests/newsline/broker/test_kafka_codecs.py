"""Batches of records compressed by whoever wrote them: kafka-python reads each codec of ours."""

from __future__ import annotations

import pytest
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from newsline.broker.kafka import patches

CODECS = {
    "none": DefaultRecordBatch.CODEC_NONE,
    "gzip": DefaultRecordBatch.CODEC_GZIP,
    "lz4": DefaultRecordBatch.CODEC_LZ4,
    "zstd": DefaultRecordBatch.CODEC_ZSTD,
}
VALUES = [bytes([number]) * 1_000 for number in range(100)]


def batch(codec: int) -> bytes:
    builder = DefaultRecordBatchBuilder(2, codec, False, -1, -1, -1, 1 << 20)
    for offset, value in enumerate(VALUES):
        builder.append(offset, timestamp=0, key=b"key", value=value, headers=[])
    return bytes(builder.build())


@pytest.mark.parametrize("codec", CODECS)
def test_a_compressed_batch_is_read_as_it_was_written(codec):
    written = batch(CODECS[codec])
    assert (len(written) < 20_000) == (codec != "none")
    assert [record.value for record in DefaultRecordBatch(written)] == VALUES


def test_a_zstd_batch_of_several_frames_is_read_whole():
    """As a producer makes that flushes frames while it fills a batch."""
    frames = patches.zstd.compress(b"one ") + patches.zstd.compress(b"two")
    assert patches.default_records.zstd_decode(frames) == b"one two"
