"""A command with subcommands that also runs without one."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class DefaultCommandGroup(TyperGroup):
    """Refuses options before a subcommand: they would be the group's own, and ignored."""

    def before_subcommand(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments of the group itself: all of them, or none if a subcommand follows."""
        at = next((n for n, arg in enumerate(args) if arg in self.commands), None)
        if at:
            ctx.fail(f"options go after the command: newsline {self.name} {args[at]} {args[0]} …")
        return args if at is None else []

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        self.before_subcommand(ctx, args)
        return super().parse_args(ctx, args)
