"""A page after fetching and extraction."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from connectors.extract import PageContent
from connectors.fetch import Validators
from newsline.outcomes import FetchOutcome, PageOutcome
from newsline.records import Reservation


class Page(NamedTuple):
    """The result of requesting a page."""

    outcome: PageOutcome | FetchOutcome
    url: str  # after redirects
    fetched_at: datetime
    content: PageContent | None = None  # if the outcome is OK
    detail: str = ""  # cause of a failure, for the operator
    requested: bool = True  # False: the host is paused; this uses up no attempt
    reservations: tuple[Reservation, ...] = ()
    validators: Validators = Validators()  # for the next request
