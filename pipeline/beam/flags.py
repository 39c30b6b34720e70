"""Beam's own flags, passed on unchanged. Unknown flags are refused; Beam would ignore them."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from apache_beam.options.pipeline_options import PipelineOptions

from newsline.errors import OperatorError

OURS = frozenset({"runner", "streaming", "job_name", "flink_master", "max_parallelism"})
"""Set by newsline itself."""


def beam_flags() -> Collection[str]:
    """The names of all options of Beam's Python SDK."""
    parser = argparse.ArgumentParser(add_help=False, conflict_handler="resolve")
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(parser)
    return [flag.lstrip("-") for flag in parser._option_string_actions]


def name_of(flag: str) -> str:
    """The name in ``--name=value`` or ``--name``."""
    return flag.removeprefix("--").partition("=")[0]


def value_of(flag: str) -> str:
    """The value in ``--name=value``; ``true`` for a switch."""
    return flag.partition("=")[2] or "true"


def check_flags(flags: Sequence[str], names: Collection[str]) -> None:
    """Raises OperatorError for a flag that is not among ``names``, or that newsline sets itself."""
    for flag in map(name_of, flags):
        if flag in OURS:
            raise OperatorError(f"--{flag} is set by newsline itself: leave it out")
        if flag not in names:
            close = get_close_matches(flag.replace("-", "_"), names, 1)
            hint = f": is --{close[0]} meant?" if close else ""
            raise OperatorError(f"--{flag} is not an option of newsline or Beam{hint}")
