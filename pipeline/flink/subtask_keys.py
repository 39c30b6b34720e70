"""Which number a worker's share goes by on Flink, so that each worker has exactly one.

Beam's Flink runner keys a splittable DoFn's elements by their own bytes, and Flink hashes the key:
of two shares on two workers, every other job had both on the same one. A share may go by any number
with the right remainder (see :class:`pipeline.beam.source.Shares`), so each takes the first that
Flink puts where it should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from apache_beam.coders import VarIntCoder

_MASK = 0xFFFFFFFF


def seats(parallelism: int) -> Sequence[int]:
    """For each worker a number: ``seats[i] % parallelism == i``, and Flink gives it to worker i."""
    return [
        next(n for n in count(index, parallelism) if worker(n, parallelism) == index)
        for index in range(parallelism)
    ]


def worker(number: int, parallelism: int) -> int:
    """The subtask that gets the element, where there are as many key groups as workers:
    KeyGroupRangeAssignment.assignToKeyGroup."""
    return _murmur(_java_hash(VarIntCoder().encode(number))) % parallelism


def _java_hash(content: bytes) -> int:
    """java.nio.ByteBuffer.hashCode, as 32 bits without sign; it takes the bytes as signed."""
    value = 1
    for byte in reversed(content):
        value = (31 * value + (byte - 256 if byte > 127 else byte)) & _MASK
    return value


def _murmur(code: int) -> int:
    """org.apache.flink.util.MathUtils.murmurHash: MurmurHash3 of the four bytes, not negative."""
    code = code * 0xCC9E2D51 & _MASK
    code = _rotate(code, 15)
    code = code * 0x1B873593 & _MASK
    code = _rotate(code, 13)
    code = (code * 5 + 0xE6546B64) & _MASK
    code ^= 4
    code ^= code >> 16
    code = code * 0x85EBCA6B & _MASK
    code ^= code >> 13
    code = code * 0xC2B2AE35 & _MASK
    code ^= code >> 16
    signed = code - 2**32 if code & 0x80000000 else code
    return signed if signed >= 0 else (-signed if signed != -(2**31) else 0)


def _rotate(code: int, bits: int) -> int:
    return (code << bits | code >> (32 - bits)) & _MASK
