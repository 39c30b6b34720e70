"""The sample newsroom: three news sites on the local machine, for a first run and for tests.

Their events are invented. Real people, organisations and places appear in them, so that entities
are found.
"""

from newsline.sample.server import Newsroom
from newsline.sample.stories import boilerplate, expected_text, promotion_lines

__all__ = ["Newsroom", "boilerplate", "expected_text", "promotion_lines"]
