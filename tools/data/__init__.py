"""Builders of the data tables in pipeline/enrich/data/."""
