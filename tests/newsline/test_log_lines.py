"""A log line has one form, whatever is in it."""

from __future__ import annotations

import json
import logging

import pytest

from newsline.log_lines import MAX_BYTES, JsonForm, LogEvent, TextForm

HOSTILE = "x\x1b]52;c;cHduZWQ=\x07\x9b31m\u202egpj.exe\r\n{}\ud800 https://me:secret@a.example/"


def record(message: str, level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("newsline", level, "", 0, "%s", (message,), None)
    made.__dict__.update(created=1_700_000_000.125, event=LogEvent.MESSAGE)
    made.__dict__.update(fields)
    return made


def failed(error: Exception) -> tuple:
    try:
        raise error
    except Exception as raised:
        return type(raised), raised, raised.__traceback__


def test_a_line_of_json_has_time_level_event_and_message():
    line = JsonForm().format(record("it is so", logging.WARNING, event=LogEvent.OUTAGE))
    assert line == (
        '{"time":"2023-11-14T22:13:20.125Z","level":"warning","event":"outage",'
        '"message":"it is so"}'
    )


def test_a_line_of_text_has_a_time_if_it_is_of_a_process_that_runs_on():
    assert TextForm(times=True).format(record("it is so")) == "2023-11-14T22:13:20.125Z it is so"
    assert TextForm(times=False).format(record("it is so")) == "it is so"


def test_feed_and_article_are_fields_where_there_are_some():
    line = json.loads(JsonForm().format(record("x", feed="https://a.example/", article="0f")))
    assert (line["feed"], line["article"]) == ("https://a.example/", "0f")


@pytest.mark.parametrize("prefix", ["newsline: ", "newsline: warning: "])
def test_the_name_before_a_line_of_text_is_no_part_of_the_message(prefix):
    assert json.loads(JsonForm().format(record(f"{prefix}no")))["message"] == "no"


def test_a_traceback_is_inside_the_line():
    error = failed(ValueError("first\nsecond"))
    line = JsonForm().format(record("it failed", exc_info=error))
    assert "\n" not in line
    assert json.loads(line)["traceback"].endswith("ValueError: first\nsecond")
    first, second, *_, last = TextForm(times=True).format(record("no", exc_info=error)).split("\n")
    assert first.endswith("Z no")
    assert (second, last) == ("Traceback (most recent call last):", "second")


def test_the_last_line_of_a_command_that_fails_is_its_error():
    text = record("newsline: no", event=LogEvent.ERROR, exc_info=failed(ValueError()))
    assert TextForm(times=False).format(text).split("\n")[-1] == "newsline: no"


def test_what_comes_from_outside_neither_controls_a_terminal_nor_has_a_password():
    made = record(HOSTILE, feed=HOSTILE, exc_info=failed(ValueError(HOSTILE)))
    for form in (JsonForm(), TextForm(times=True)):
        line = form.format(made)
        assert line.replace("\n", "").isprintable()
        assert "secret" not in line
    assert json.loads(JsonForm().format(made))["message"].startswith("x\x1b]52;c;cHduZWQ=\x07")


def test_the_message_of_a_library_has_the_name_of_its_logger():
    made = logging.LogRecord("asyncio", logging.ERROR, "", 0, "no %s", ("task",), None)
    line = json.loads(JsonForm().format(made))
    assert (line["event"], line["logger"], line["message"]) == ("library", "asyncio", "no task")
    assert TextForm(times=False).format(made) == "ERROR:asyncio:no task"


@pytest.mark.parametrize("char", ["x", "\x1b", "漢", "🙂", "\u202e"])
def test_a_line_of_json_is_written_to_a_pipe_at_once_however_long_its_parts(char):
    made = record(f"begins {char * 50_000}", traceback=f"{char * 50_000} ends")
    line = JsonForm().format(made)
    assert MAX_BYTES / 3 < len(line.encode()) < MAX_BYTES
    parsed = json.loads(line)
    assert parsed["message"].startswith("begins ")
    assert parsed["traceback"].endswith(" ends")
