"""Each fault brought about in a real newsline, watched by a real Prometheus with the shipped rules.

- :mod:`.expectations`: what each fault is to lead to.
- :mod:`.publishers`, :mod:`.deployment`: the feeds, and newsline's processes.
- :mod:`.faults`: the faults.
- :mod:`.scaled_rules`, :mod:`.prometheus`: the shipped rules by a faster clock.
- :mod:`.watch`, :mod:`.play`: what is seen of each fault.
- :mod:`.result`, :mod:`.page`: docs/reference/game-day.md.
"""
