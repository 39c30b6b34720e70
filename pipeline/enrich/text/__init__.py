"""Analyses of the text alone: language, sentences, lead, key phrases, statistics."""
