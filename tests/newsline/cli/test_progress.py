import pytest

from newsline.cli import progress
from newsline.service.live_page import Flow

FLOW = Flow({"ok": 2, "timeout": 1}, {}, {"ok": 9}, {"new": 8}, {"": 6}, {}, {}, {})


def test_progress_is_one_line_of_sums_and_a_rate():
    assert progress.progress(FLOW, 4.0) == (
        "3 feeds polled · 9 pages fetched · 8 published · 6 enriched · 0 dead letters"
        " · 1.5 articles/s"
    )


def test_the_report_says_where_every_entry_went(capsys, monkeypatch):
    entries = {"published": 8.0, "not_found": 1.0}
    monkeypatch.setattr(progress.live_page, "flow", lambda: FLOW._replace(entries=entries))
    progress.report()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "entries" in line]
    assert line.split() == ["entries", "9", "published", "8,", "not_found", "1"]


@pytest.mark.parametrize("lines", [1, 2])
async def test_without_a_terminal_there_is_a_line_for_each_change(capsys, monkeypatch, lines):
    from tests.support.waiting import eventually

    monkeypatch.setattr(progress, "INTERVAL", 0.01)
    looks = iter([FLOW] * 3 + [FLOW._replace(polls={"ok": n + 1}) for n in range(lines - 1)])
    said: list[str] = []
    last = FLOW._replace(polls={"ok": lines - 1}) if lines > 1 else FLOW
    monkeypatch.setattr(progress.live_page, "flow", lambda: next(looks, last))
    monkeypatch.setattr(progress, "progress", lambda flow, _: str(sum(flow.polls.values())))

    def heard():
        said.extend(capsys.readouterr().out.splitlines())
        return len(said) >= lines

    async with progress.following():
        await eventually(heard)
    assert len(said) == lines
