"""Every command, option and variable that deploy/ and the guides name exists."""

from __future__ import annotations

import re

import pytest

from connectors.state.password import PASSWORD_FILE
from newsline.announce import PARENT
from newsline.broker.kafka import security
from newsline.service.access import TOKEN_FILE
from pipeline.beam import flags
from pipeline.flink.callers import CALLERS
from pipeline.flink.submit import FLINK_OPTIONS
from tests.deploy.command_lines import CommandLine, found
from tests.deploy.files import DEPLOY, FILES
from tests.support.cli_commands import commands, parameters

COMMANDS = dict(commands())
LINES = found()
BEAM = {*flags.beam_flags(), *FLINK_OPTIONS}
VARIABLES = {
    *(str(parameter.envvar) for _, parameter in parameters()),
    *security.VARIABLES,
    PARENT,
    PASSWORD_FILE,
    CALLERS,
    TOKEN_FILE,
}


def problem(words: list[str]) -> str | None:
    """What is wrong with ``newsline WORDS``, if something is."""
    name, places, pending = "newsline", 0, None
    for word in words:
        command = COMMANDS[name]
        options = {flag: each for each in command.params for flag in each.opts}
        if command.context_settings.get("ignore_unknown_options"):  # restore: as enrich itself
            parent = COMMANDS[name.rpartition(" ")[0]]
            options |= {flag: each for each in parent.params for flag in each.opts}
        if pending is not None:
            pending = None
        elif word.startswith("-"):
            flag, equals, _ = word.partition("=")
            if flag in options:
                pending = None if options[flag].is_flag or equals else flag
            elif not (name == "newsline enrich" and equals and flag.removeprefix("--") in BEAM):
                return f"{name} has no {flag}"
        elif f"{name} {word}" in COMMANDS:
            name = f"{name} {word}"
        else:
            places += 1
            room = [each for each in command.params if each.param_type_name == "argument"]
            if places > len(room):
                return f"{name} takes no {word!r}"
    return f"{pending} has no value" if pending else None


@pytest.mark.parametrize(
    "line", LINES, ids=lambda line: f"{line.where}: newsline {' '.join(line.words)}"
)
def test_every_command_line_is_one_that_newsline_takes(line):
    assert problem(line.words) is None


@pytest.mark.parametrize(
    "words",
    [
        *("pole", "enrich --runer X", "topics creat", "tail --count", "enrich --checkpoint=1"),
        "enrich restore PLACE --runer X",
    ],
)
def test_a_mistyped_one_would_be_seen(words):
    assert problem(words.split())


def test_all_places_are_looked_at():
    places = {line.where.partition(":")[0] for line in LINES}
    assert places >= {
        *("README.md", "deploy/README.md", "deploy/OPERATING.md", "deploy/RUNBOOK.md"),
        *("deploy/compose.yaml", "compose.yaml", "Containerfile"),
        *("connectors.yaml", "enrich.yaml", "flink.yaml", "submit.yaml", "topics.yaml"),
    }
    assert CommandLine("submit.yaml: submit", ["enrich", "--runner", "FlinkRunner"]) in LINES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_variable_of_newsline_exists(path):
    named = set(re.findall(r"NEWSLINE_[A-Z_]*[A-Z]", path.read_text())) - {"NEWSLINE_KAFKA"}
    assert named <= VARIABLES
