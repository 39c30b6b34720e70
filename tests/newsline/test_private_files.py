import os
import stat

import pytest

from newsline import private_files
from newsline.broker import connect
from newsline.errors import OperatorError
from newsline.private_files import make_private, read_secret, warn_if_open


@pytest.fixture(autouse=True)
def umask():
    before = os.umask(0o022)
    private_files.warn_if_open.cache_clear()
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_are_the_owners_alone_whatever_the_umask(tmp_path):
    make_private()
    broker = connect(f"embedded:{tmp_path / 'data' / 'broker.db'}")
    broker.ensure_topic("t", 1, 1000)
    found = {path.name: mode(path) for path in (tmp_path / "data").iterdir()}
    broker.close()
    assert mode(tmp_path / "data") == 0o700
    assert "broker.db" in found
    assert set(found.values()) == {0o600}


def test_a_file_that_others_may_read_is_one_line(tmp_path, capsys):
    file = tmp_path / "state.db"
    file.write_text("")
    file.chmod(0o644)
    for _ in range(2):
        warn_if_open(str(file))
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"chmod 600 {file}" in said


@pytest.mark.parametrize("make", [lambda file: file.touch(0o600), lambda file: None])
def test_a_private_or_missing_file_is_none(tmp_path, capsys, make):
    make(tmp_path / "state.db")
    warn_if_open(str(tmp_path / "state.db"))
    assert capsys.readouterr().err == ""


def test_a_secret_has_no_line_end(tmp_path):
    (tmp_path / "password").write_bytes(b" se:cret \r\n")
    assert read_secret(tmp_path / "password") == " se:cret "


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file or directory"), (b"\xff\xfe", "not UTF-8")]
)
def test_a_secret_that_cannot_be_read_is_one_line_with_its_path(tmp_path, content, reason):
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OperatorError) as refused:
        read_secret(file)
    assert str(refused.value) == f"{file}: {reason}"
