"""The shipped alert rules by a faster clock, in a real Prometheus.

- :mod:`.scaled_rules`: every duration of the rules divided by one factor.
- :mod:`.prometheus`: the server, from Debian's package.
"""
