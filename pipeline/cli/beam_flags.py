"""Beam's own flags among the arguments of ``newsline enrich``, each ``--name=value``."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import typer

from newsline.cli.default_command import DefaultCommandGroup

_META = "pipeline.cli.beam_flags"


def given(context: typer.Context) -> Sequence[str]:
    """Beam's flags as written on the command line."""
    flags: Sequence[str] = context.meta.get(_META, ())
    return flags


class BeamFlagsGroup(DefaultCommandGroup):
    """The command group of ``enrich``. Without a subcommand, unknown flags are kept for Beam."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {flag for parameter in self.get_params(ctx) for flag in parameter.opts}
        passed_on: list[str] = []
        previous = ""
        for arg in self.before_subcommand(ctx, args):
            if arg.startswith("--") and arg.partition("=")[0] not in own:
                passed_on.append(arg)
            elif previous in passed_on and "=" not in previous and not arg.startswith("-"):
                close = get_close_matches(previous, own, 1)
                meant = f"is {close[0]} meant?" if close else f"Beam's are --name={arg}"
                ctx.fail(f"No such option: {previous}: {meant}")
            previous = arg
        ctx.meta[_META] = passed_on
        return super().parse_args(ctx, [arg for arg in args if arg not in passed_on])
