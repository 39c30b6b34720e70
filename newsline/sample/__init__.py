"""The sample newsroom: three news sites on the local machine, for a first run and for tests.

Their events are invented. Well-known people, organisations and places appear in them so that there
is something to recognise.
"""

from newsline.sample.server import Newsroom
from newsline.sample.stories import expected_text, furniture, promo_lines

__all__ = ["Newsroom", "expected_text", "furniture", "promo_lines"]
