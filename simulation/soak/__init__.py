"""Random faults on every process, disk and network of newsline, and an exact account at the end.

- :mod:`.newsroom`: the feeds, and what they have listed.
- :mod:`.deployment`: newsline's processes and their servers, on each broker and runner.
- :mod:`.link`, :mod:`.disk`, :mod:`.stepped_clock`: what faults are injected into.
- :mod:`.faults`: the faults.
- :mod:`.rounds`: one fault after another; recovery is a condition, not a pause.
- :mod:`.account`, :mod:`.memory`, :mod:`.log_lines`: what must hold at the end.
- :mod:`.page`: docs/reference/soak.md.
"""
