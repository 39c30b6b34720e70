"""The modules of the children's tasks, imported in each child before it is confined: afterwards it
could not store their bytecode."""

from __future__ import annotations

import connectors.extract
import connectors.parse
import connectors.text.robots_file
import connectors.text.tdmrep_file

__all__ = ["connectors"]
