"""The feed list: read, checked, edited; feeds discovered from a page."""
