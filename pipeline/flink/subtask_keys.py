"""Element keys that Flink's key-group hash spreads one per subtask.

Beam's Flink runner keys a splittable DoFn's elements by their bytes, and Flink hashes the key. With
plain indexes, every other job of two shares on two subtasks had both on the same one. Any number
with the share's remainder is a valid key (:class:`pipeline.beam.source.Shares`), so each share
takes the first that Flink places on its own subtask.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from apache_beam.coders import VarIntCoder

_MASK = 0xFFFFFFFF


def subtask_keys(parallelism: int) -> Sequence[int]:
    """One key per subtask: ``keys[i] % parallelism == i``, and Flink places it on subtask i."""
    return [
        next(n for n in count(index, parallelism) if subtask_of(n, parallelism) == index)
        for index in range(parallelism)
    ]


def subtask_of(number: int, parallelism: int) -> int:
    """The subtask of an element, with as many key groups as subtasks.

    KeyGroupRangeAssignment.assignToKeyGroup in Flink.
    """
    return _murmur(_java_hash(VarIntCoder().encode(number))) % parallelism


def _java_hash(content: bytes) -> int:
    """java.nio.ByteBuffer.hashCode as an unsigned 32-bit number; bytes are signed there."""
    value = 1
    for byte in reversed(content):
        value = (31 * value + (byte - 256 if byte > 127 else byte)) & _MASK
    return value


def _murmur(code: int) -> int:
    """org.apache.flink.util.MathUtils.murmurHash: MurmurHash3 of four bytes, never negative."""
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
