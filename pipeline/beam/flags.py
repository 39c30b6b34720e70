"""Beam's own flags, passed on as they are; a mistyped one is refused, which Beam would ignore."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from apache_beam.options.pipeline_options import PipelineOptions

from newsline.errors import OperatorError

OURS = frozenset({"runner", "streaming", "job_name", "flink_master", "max_parallelism"})
"""What newsline sets itself."""


def known() -> Collection[str]:
    """The names of all options that Beam's Python SDK has."""
    parser = argparse.ArgumentParser(add_help=False, conflict_handler="resolve")
    for options in PipelineOptions.__subclasses__():
        options._add_argparse_args(parser)
    return [flag.lstrip("-") for flag in parser._option_string_actions]


def name(flag: str) -> str:
    """``--name=value`` or ``--name``: its name."""
    return flag.removeprefix("--").partition("=")[0]


def value(flag: str) -> str:
    """A flag's value; that of a switch is true."""
    return flag.partition("=")[2] or "true"


def check(flags: Sequence[str], names: Collection[str]) -> None:
    """Raises OperatorError for a flag that is none of these, or is newsline's to set."""
    for flag in map(name, flags):
        if flag in OURS:
            raise OperatorError(f"--{flag} is set by newsline itself: leave it out")
        if flag not in names:
            close = get_close_matches(flag.replace("-", "_"), names, 1)
            hint = f": is --{close[0]} meant?" if close else ""
            raise OperatorError(f"--{flag} is no option of newsline's and none of Beam's{hint}")
