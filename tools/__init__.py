"""Builders of the data tables and of the text model. Not installed."""
