"""A command that has subcommands and is one by itself."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Group(TyperGroup):
    """Options before a subcommand would be the group's own and ignored: they are refused."""

    def before_subcommand(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments for the group itself: all, or none where a subcommand is among them."""
        at = next((n for n, arg in enumerate(args) if arg in self.commands), None)
        if at:
            ctx.fail(f"options go after the command: newsline {self.name} {args[at]} {args[0]} …")
        return args if at is None else []

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        self.before_subcommand(ctx, args)
        return super().parse_args(ctx, args)
