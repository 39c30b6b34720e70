"""A simulated day of a hundred news sites, through the connector's real parts."""
