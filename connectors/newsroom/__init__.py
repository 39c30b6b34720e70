"""The sample newsroom: three news sites on the local machine, for a first run and for tests.

Their events are invented. Well-known people, organisations and places appear in them so that there
is something to recognise.
"""

from connectors.newsroom.server import Newsroom
from connectors.newsroom.stories import expected_text, furniture, promo_lines

__all__ = ["Newsroom", "expected_text", "furniture", "promo_lines"]
