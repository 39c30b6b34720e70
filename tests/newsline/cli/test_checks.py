import pytest
from typer.testing import CliRunner

from newsline.cli import app, checks
from newsline.errors import OperatorError
from tests.support.command import without_times


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("127.0.0.1:8931", "127.0.0.1:8931"),
        ("News.example", "news.example"),
        ("a:80", "a:80"),
        ("[::1]", "[::1]"),
        ("[0:0::1]:80", "[::1]:80"),
        ("zürich.example", "xn--zrich-kva.example"),
    ],
)
def test_a_host_is_written_as_in_a_url(written, host):
    assert checks.hosts([written]) == [host]


@pytest.mark.parametrize(
    "written",
    [
        "http://127.0.0.1:8931/",
        "a,b",
        "a:b",
        "a:70000",
        "a/",
        "",
        "::1",
        "u@a",
        "[a]",
        "a b",
        "*.a",
    ],
)
def test_what_is_no_host_is_told_in_one_line(written):
    with pytest.raises(OperatorError, match="is not HOST or HOST:PORT") as error:
        checks.hosts([written])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("written", ["me\nX-Header: 1", "me\x00", "me\x7f"])
def test_a_contact_with_a_control_character_is_told_in_one_line(written):
    with pytest.raises(OperatorError, match="--contact") as error:
        checks.contact(written)
    assert "\n" not in str(error.value)


def test_a_contact_is_taken_as_it_is():
    assert checks.contact("mailto:désk@example.org") == "mailto:désk@example.org"


@pytest.mark.parametrize("command", [["run"], ["poll"], ["feeds", "add"]])
@pytest.mark.parametrize(
    ("setting", "said"),
    [({"NEWSLINE_ALLOW": "a,b"}, "--allow 'a,b'"), ({"NEWSLINE_CONTACT": "a\n"}, "--contact")],
)
def test_each_command_checks_them_before_it_begins(tmp_path, monkeypatch, command, setting, said):
    monkeypatch.chdir(tmp_path)
    done = CliRunner(env=setting).invoke(app, [*command, "http://127.0.0.1:9/"])
    assert done.exit_code == 1
    assert without_times(done.stderr).startswith(f"newsline: {said}")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
