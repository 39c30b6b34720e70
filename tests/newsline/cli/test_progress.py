from newsline.cli import progress
from newsline.service.counters import Flow
from tests.support.waiting import eventually

FLOW = Flow({"ok": 2, "timeout": 1}, {}, {"ok": 9}, {"new": 8}, {"": 6}, {}, {})


def test_progress_is_one_line_of_sums_and_a_rate():
    assert progress.progress(FLOW, 4.0) == (
        "3 feeds polled · 9 pages fetched · 8 published · 6 enriched · 0 dead letters"
        " · 1.5 articles/s"
    )


def test_the_report_says_where_every_entry_went(capsys, monkeypatch):
    entries = {"published": 8.0, "not_found": 1.0}
    monkeypatch.setattr(progress.counters, "flow", lambda: FLOW._replace(entries=entries))
    progress.report()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "entries" in line]
    assert line.split() == ["entries", "9", "published", "8,", "not_found", "1"]


async def test_a_log_has_a_line_each_minute_and_none_for_each_change(capsys, monkeypatch):
    assert progress.MINUTE == 60
    monkeypatch.setattr(progress, "MINUTE", 0.01)
    monkeypatch.setattr(progress.counters, "flow", lambda: FLOW)
    said: list[str] = []

    def heard():
        said.extend(capsys.readouterr().err.splitlines())
        return len(said) >= 2

    async with progress.following():
        await eventually(heard)
    assert said[0].startswith("3 feeds polled · 9 pages fetched · ")
