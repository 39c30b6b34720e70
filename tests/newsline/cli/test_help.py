import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsline.broker import connect
from newsline.cli import app
from newsline.cli.commands import COMMANDS as BY_NAME
from newsline.records import article_id
from newsline.topics import contents
from tests.support.cli_commands import commands, parameters
from tests.support.example_records import raw_article, raw_message

COMMANDS = dict(commands())
OPTIONS = [
    pytest.param(name, parameter, id=f"{name} {parameter.opts[0]}")
    for name, parameter in parameters()
    if parameter.param_type_name == "option"
]
UNITS = {"deadline": "in seconds", "heartbeat": "in seconds"}
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


def run(*arguments, before=""):
    """What a fresh interpreter prints of the command, and the modules that it has loaded."""
    script = f"import sys\n{before}\nfrom newsline.cli import main\ntry: main()\n"
    script += "finally: print('\\n', *sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    *said, modules = done.stderr.splitlines()
    return done.returncode, done.stdout, "\n".join(said).strip(), set(modules.split())


def test_help_lists_the_commands_in_their_order_and_loads_none_of_them():
    code, printed, _, loaded = run("--help")
    lines = printed.split("Commands:\n")[1].splitlines()
    assert code == 0
    assert [line.split()[0] for line in lines] == list(BY_NAME)
    assert [line.split(maxsplit=1)[1] for line in lines] == [c.summary for c in BY_NAME.values()]
    heavy = {"aiohttp", "apache_beam", "grpc", "kafka", "rich.table", "spacy", "sqlalchemy"}
    assert loaded.isdisjoint(heavy | {command.target.split(":")[0] for command in BY_NAME.values()})


def test_the_status_is_asked_for_without_loading_a_web_server():
    code, _, _, loaded = run("status", "--help")
    assert code == 0
    assert loaded.isdisjoint({"aiohttp", "prometheus_client", "newsline.page"})


@pytest.mark.parametrize("name", BY_NAME)
def test_a_command_s_summary_is_the_first_sentence_of_its_docstring(name):
    first, _, _ = COMMANDS[f"newsline {name}"].help.replace("\n", " ").partition(". ")
    assert f"{first.removesuffix('.')}." == BY_NAME[name].summary


def test_every_summary_fits_a_terminal_80_columns_wide():
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"})
    assert "…" not in result.stdout
    assert "..." not in result.stdout.split("Commands:")[1]
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert len(result.stdout.split("Commands:\n")[1].splitlines()) == len(BY_NAME)


def test_the_version_is_the_package_s():
    pyproject = Path(__file__).parents[3] / "pyproject.toml"
    version = tomllib.loads(pyproject.read_text())["project"]["version"]
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"newsline {version}\n")


BLOCK = """
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Block())
"""
"""As in an environment without the packages."""

CONNECTORS = ("courlan", "feedparser", "lxml", "rensa", "sqlalchemy", "trafilatura")
PIPELINE = ("apache_beam", "grpc", "numpy", "py3langid", "spacy")
SERVICE = ("aiohttp", "yarl")
WITHOUT_EXTRAS = BLOCK.format(packages=(*CONNECTORS, *PIPELINE, *SERVICE))


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (["poll", "feeds.toml"], "connectors"),
        (["feeds", "check", "feeds.toml"], "connectors"),
        (["enrich"], "pipeline"),
        (["worker"], "flink"),
        (["run"], "all"),
        (["monitor"], "service"),
    ],
)
def test_a_command_whose_extra_is_missing_says_which_in_one_line(
    tmp_path, monkeypatch, arguments, extra
):
    monkeypatch.chdir(tmp_path)
    code, _, said, _ = run(*arguments, before=WITHOUT_EXTRAS)
    assert code == 1
    needed = rf"newsline: {arguments[0]} needs \w+: pip install 'newsline\[{extra}\]'"
    assert re.fullmatch(needed, said)


def test_a_trace_without_the_connectors_extra_reads_the_topics_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = "https://example.org/1"
    article = raw_article(1, article_id=article_id(url), url=url)
    with connect("embedded:data/broker.db") as broker:
        contents.ensure(broker)
        broker.producer("test").commit([raw_message(article)])
    for asked in (url, article.article_id):
        code, printed, said, _ = run("trace", asked, before=WITHOUT_EXTRAS)
        assert code == 0
        assert "revision 1 “Harbour reopens”" in printed
        assert re.fullmatch(
            r"newsline: warning: state not read: reading it needs \w+:"
            r" pip install 'newsline\[connectors\]'",
            said,
        )
    code, _, said, _ = run("trace", "https://example.org/2", before=WITHOUT_EXTRAS)
    assert code == 1
    assert "nothing is known of it; looked at news.raw[" in said


@pytest.mark.parametrize(
    "arguments", [["tail"], ["topics"], ["topics", "create"], ["schema", "raw"]]
)
def test_commands_that_only_read_need_no_extra(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    with connect("embedded:data/broker.db") as broker:
        contents.ensure(broker)
    assert run(*arguments, before=WITHOUT_EXTRAS)[0] == 0
