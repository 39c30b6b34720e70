"""The live page: the condition of the whole pipeline, in HTML that needs no script."""
