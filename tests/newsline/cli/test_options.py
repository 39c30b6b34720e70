import pytest
import typer
from typer.testing import CliRunner

from newsline.cli import app, options
from newsline.errors import OperatorError


@pytest.fixture
def load(tmp_path):
    """Load these lines as the settings file ``s.toml``."""
    root = typer.main.get_command(app)

    def load(text):
        path = tmp_path / "s.toml"
        path.write_text(text)
        with root.make_context("newsline", ["tail"]) as context:
            return options.load(str(path), context)

    return load


def test_settings_are_named_like_the_options(load):
    text = """
        [poll]
        feeds = "feeds.toml"
        allow = ["a:80", "b"]
        status = "127.0.0.1:0"
        [enrich]
        until-caught-up = true
        deadline = 5
        status = "127.0.0.1:0"
        [tail]
        json = true
        count = 3
    """
    assert load(text) == {
        "poll": {"feeds": "feeds.toml", "allow": ["a:80", "b"], "status_address": "127.0.0.1:0"},
        "enrich": {"until_caught_up": True, "deadline": 5.0, "status_address": "127.0.0.1:0"},
        "tail": {"as_json": True, "count": 3},
    }


def test_a_subcommand_has_a_table_in_its_groups_which_may_have_settings_of_its_own(load):
    text = """
        [topics]
        broker = "kafka://a:1"
        [topics.create]
        broker = "kafka://b:2"
        retention = ["raw=7d"]
        [enrich.status]
        group = "third"
        [feeds.check]
        file = "feeds.toml"
    """
    assert load(text) == {
        "topics": {
            "broker": "kafka://a:1",
            "create": {"broker": "kafka://b:2", "retention": ["raw=7d"]},
        },
        "enrich": {"status": {"group": "third"}},
        "feeds": {"check": {"file": "feeds.toml"}},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[poll]\nonce = yes", r"s\.toml: not TOML: .*line 2"),
        (
            "[pol]\nonce = true",
            r"s\.toml: no table \[pol\]; known are dead-letter, enrich, feeds, monitor, ",
        ),
        ("broker = 'x'", r"s\.toml: no table \[broker\]; known are"),
        ("[enrich]\nchild = 1", r"s\.toml: \[enrich\] has no setting 'child'; known are behind-"),
        ("[enrich]\nhelp = true", r"s\.toml: \[enrich\] has no setting 'help'"),
        ("[enrich]\nchildren = 'x'", r"s\.toml: \[enrich\] children = 'x': 'x' is not a valid int"),
        ("[enrich]\nchildren = -1", r"s\.toml: \[enrich\] children = -1: .*0"),
        ("[enrich]\ndeadline = 0", r"s\.toml: \[enrich\] deadline = 0: .*0\.1"),
        ("[enrich]\nrunner = 'Spark'", r"s\.toml: \[enrich\] runner = 'Spark': .*DirectRunner"),
        ("[topics.make]\n", r"s\.toml: no table \[topics\.make\]; known are topics\.create"),
        ("[topics]\ncreate = 3", r"s\.toml: \[topics\] has no setting 'create'; known are broker"),
        ("[topics.create]\nparts = 3", r"s\.toml: \[topics\.create\] has no setting 'parts'; know"),
        (
            "[feeds]\nfile = 'f'",
            r"s\.toml: no table \[feeds\.file\]; known are feeds\.add",
        ),
        ("[poll.once]\nnow = true", r"s\.toml: \[poll\] once = .*boolean"),
        ("[poll]\nonce = 'maybe'", r"s\.toml: \[poll\] once = 'maybe': .*boolean"),
        ("[poll]\nallow = 'a'", r"s\.toml: \[poll\] allow = 'a': "),
    ],
)
def test_what_is_wrong_with_the_file_is_said_in_one_line(load, text, said):
    with pytest.raises(OperatorError, match=said) as error:
        load(text)
    assert "\n" not in str(error.value)


def test_a_file_that_is_missing_is_said_so():
    result = CliRunner().invoke(app, ["--config", "none.toml", "tail"])
    assert (result.exit_code, result.stderr) == (
        1,
        "newsline: none.toml: No such file or directory\n",
    )


def test_models_are_pairs_of_language_and_package():
    assert options.models([]) is None
    assert options.models(["en=one", "de=two"]) == {"en": "one", "de": "two"}


@pytest.mark.parametrize("setting", ["", "en", "en=", "=package"])
def test_what_is_no_pair_is_said_so(setting):
    with pytest.raises(OperatorError, match=f"--model '{setting}' is not LANGUAGE=PACKAGE"):
        options.models([setting])


def test_who_only_looks_makes_no_broker(tmp_path):
    with pytest.raises(OperatorError, match="no broker at"):
        options.connect_to_existing(f"embedded:{tmp_path}/sub/broker.db")
    assert not list(tmp_path.iterdir())
