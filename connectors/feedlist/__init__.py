"""The feed list: read, validate and edit it; discover the feeds of a site."""
