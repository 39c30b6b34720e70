"""Dead letters on their topic: count the open ones, select, show and settle them."""

from newsline.topics.dead_letters.open_count import OpenDeadLetters
from newsline.topics.dead_letters.reading import FoundLetter

__all__ = ["FoundLetter", "OpenDeadLetters"]
