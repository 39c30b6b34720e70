"""Batches of records compressed by whoever wrote them: kafka-python reads each codec of ours."""

from __future__ import annotations

import pytest
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from newsline.broker.kafka import patches

CODECS = {
    "none": DefaultRecordBatch.CODEC_NONE,
    "gzip": DefaultRecordBatch.CODEC_GZIP,
    "snappy": DefaultRecordBatch.CODEC_SNAPPY,
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


def test_a_batch_whose_bytes_have_changed_is_named_by_its_offsets():
    written = bytearray(batch(CODECS["lz4"]))
    written[-1] ^= 0xFF
    with pytest.raises(patches.UnreadableBatchError, match="its checksum is wrong") as error:
        DefaultRecordBatch(written).validate_crc()
    assert (error.value.first, error.value.last) == (0, 99)


@pytest.mark.parametrize("codec", sorted(set(CODECS) - {"none"}))
def test_a_batch_that_cannot_be_decompressed_is_named_by_its_offsets(codec):
    written = bytearray(batch(CODECS[codec]))
    written[DefaultRecordBatch.HEADER_STRUCT.size :] = b"rubbish"
    with pytest.raises(patches.UnreadableBatchError, match="cannot be decompressed") as error:
        list(DefaultRecordBatch(written))
    assert (error.value.first, error.value.last) == (0, 99)


def test_a_codec_that_is_not_installed_is_named(monkeypatch):
    written = batch(CODECS["snappy"])
    monkeypatch.setattr(patches.codec, "snappy", None)
    with pytest.raises(patches.UnreadableBatchError, match="not installed: pip install cramjam"):
        list(DefaultRecordBatch(written))


def test_a_zstd_batch_of_several_frames_is_read_whole():
    """As a producer makes that flushes frames while it fills a batch."""
    frames = patches.zstd.compress(b"one ") + patches.zstd.compress(b"two")
    assert patches.default_records.zstd_decode(frames) == b"one two"
