"""Commands of the connectors: ``newsline poll`` and ``newsline feeds``."""
