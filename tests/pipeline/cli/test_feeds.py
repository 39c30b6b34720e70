from typer.testing import CliRunner

from pipeline.cli import app


def check(path):
    return CliRunner().invoke(app, ["feeds", "check", str(path)])


def test_a_good_list_is_counted(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n[[feed]]\nurl = "https://b.example/"')
    done = check(path)
    assert (done.exit_code, done.stdout) == (0, f"{path}: 2 feeds\n")


def test_a_single_feed_is_counted_in_the_singular():
    assert check("https://a.example/rss").stdout == "https://a.example/rss: 1 feed\n"


def test_a_feed_that_is_listed_twice_is_named_and_no_error(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n' * 2)
    done = check(path)
    assert done.exit_code == 0
    assert "listed more than once, polled once: https://a.example/rss" in done.stdout


def test_a_bad_list_is_an_error_with_line_and_reason(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n\n[[feed]]\nurl = "ftp://b.example/"')
    done = check(path)
    assert done.exit_code == 1
    assert done.stderr == (
        "newsline: feeds.toml:5: 'ftp://b.example/' is not an http or https URL\n"
    )
