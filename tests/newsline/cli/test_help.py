import pytest
from typer.testing import CliRunner

from newsline.cli import app
from tests.support.cli_commands import commands, parameters

COMMANDS = dict(commands())
OPTIONS = [
    pytest.param(name, parameter, id=f"{name} {parameter.opts[0]}")
    for name, parameter in parameters()
    if parameter.param_type_name == "option"
]
UNITS = {"deadline": "in seconds"}
"""The unit of every option that is a quantity of something, and not a count."""


def described(name, option):
    """What ``--help`` says of the option, on one line."""
    with COMMANDS[name].make_context(name, [], resilient_parsing=True) as context:
        return option.get_help_record(context)[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_fits_a_screen_100_characters_wide(name):
    arguments = [*name.split()[1:], "--help"]
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"})
    assert result.exit_code == 0
    assert COMMANDS[name].help.split(".")[0] in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 100


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_option_says_its_default_and_its_environment_variable(name, option):
    line = described(name, option)
    assert option.help
    assert ("[off]" if option.is_flag else "default: ") in line
    assert option.envvar.startswith("NEWSLINE_")
    assert f"env var: {option.envvar}" in line


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_every_quantity_says_its_unit_and_every_value_what_it_is(name, option):
    if isinstance(option.default, float):
        assert UNITS[option.name] in option.help
    assert option.is_flag or option.metavar


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_an_environment_variable_means_the_same_to_every_command(name, option):
    same = {other.name for _, other in parameters() if other.envvar == option.envvar}
    assert same == {option.name}
