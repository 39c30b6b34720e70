"""Every closed set, once: outcomes of each step, and the values of record fields.

The values are labels of metrics and fields of records. The sets are closed: a new value is a change
of the contract. The text under each member is its row in docs/reference.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class FetchOutcome(StrEnum):
    """Why a fetch failed."""

    BAD_URL = "bad_url"
    """Not an http or https URL."""
    ROBOTS = "robots"
    """robots.txt (RFC 9309) disallows the page."""
    DNS = "dns"
    """The host name does not resolve."""
    ADDRESS_REFUSED = "address_refused"
    """A private or reserved address, or a port other than 80, 443, 8080 and 8443, that is not
    allowed for the feed."""
    CONNECT = "connect"
    """No connection."""
    TLS = "tls"
    """No trusted TLS connection."""
    TIMEOUT = "timeout"
    """No complete response within the deadline."""
    BAD_RESPONSE = "bad_response"
    """Not HTTP, or the response breaks off."""
    TOO_LARGE = "too_large"
    """More bytes than a fetch may bring."""
    MOVED_TOO_OFTEN = "moved_too_often"
    """Too many redirects."""
    NOT_FOUND = "not_found"
    """HTTP 404."""
    GONE = "gone"
    """HTTP 410."""
    FORBIDDEN = "forbidden"
    """HTTP 401, 403 or 451. Some servers mean 429."""
    THROTTLED = "throttled"
    """HTTP 429; or the host is paused after a refusal, or its queue is longer than a minute.
    Retry-After is honoured. Or three pages in a row of the feed or of the site took 5 s or longer
    to read, and reading of further ones is paused: for 60 s at first, for an hour at most. A page
    that was not requested or not read is tried again at a later poll, and that counts as no
    attempt."""
    CLIENT_ERROR = "client_error"
    """Any other HTTP 4xx."""
    SERVER_ERROR = "server_error"
    """HTTP 5xx."""
    OUTAGE = "outage"
    """No answer, by an outage of our own network: hosts that have answered before give none either.
    Counts neither as a failure of the feed nor as an attempt at the page."""


class Health(StrEnum):
    """A feed's condition. ``partly``: it answers, and a part of its entries is lost. ``new``: not
    polled yet. ``retired``: gone (410)."""

    OK = "ok"
    """Its last poll succeeded."""
    PARTLY = "partly"
    """It answers, and a part of its entries is lost."""
    NEW = "new"
    """Not polled yet."""
    FAILING = "failing"
    """Its last poll failed."""
    RETIRED = "retired"
    """Gone (410)."""


class PollOutcome(StrEnum):
    """Result of a poll whose fetch succeeded; otherwise a FetchOutcome."""

    OK = "ok"
    """A new body, parsed."""
    NOT_MODIFIED = "not_modified"
    """HTTP 304."""
    SAME_BODY = "same_body"
    """The same bytes as at the last poll."""
    NOT_A_FEED = "not_a_feed"
    """Not RSS, Atom, RDF, JSON Feed or a sitemap. The URL may have become a web page."""
    PARSE_DEADLINE = "parse_deadline"
    """Parsing exceeded 10 s."""
    PARSE_CRASH = "parse_crash"
    """The parsing child died, usually out of memory."""
    PARSE_ERROR = "parse_error"
    """The parser failed."""


class PageOutcome(StrEnum):
    """Result of a page that was fetched; otherwise a FetchOutcome."""

    OK = "ok"
    """An article was extracted."""
    NOT_MODIFIED = "not_modified"
    """HTTP 304 at a revisit: unchanged since the last visit."""
    NOT_HTML = "not_html"
    """A PDF, an image, a video."""
    NO_TEXT = "no_text"
    """No article: a gallery, or a page built by scripts only."""
    PAYWALLED = "paywalled"
    """The page shows fewer than 150 words of the article, or declares that not all is free, and it
    ends in an invitation to pay or in a text that is cut off."""
    CONSENT_WALL = "consent_wall"
    """The page asks for consent to cookies and has no article."""
    EXTRACT_DEADLINE = "extract_deadline"
    """Extraction exceeded 10 s."""
    EXTRACT_CRASH = "extract_crash"
    """The extracting child died."""
    EXTRACT_ERROR = "extract_error"
    """The extractor failed."""


class EntryOutcome(StrEnum):
    """Result of an entry; a PageOutcome or FetchOutcome where its page stopped it."""

    PUBLISHED = "published"
    """A new article on news.raw."""
    UPDATE = "update"
    """A new revision on news.raw."""
    UNCHANGED = "unchanged"
    """The entry is unchanged: nothing to do."""
    DUPLICATE = "duplicate"
    """Another entry, or another feed's, of a known article."""
    NO_LINK = "no_link"
    """No URL to fetch."""
    INVALID = "invalid"
    """The record would break the contract, for example by a URL that is too long."""
    OPTED_OUT = "opted_out"
    """The publisher reserves it (`noai`, or text and data mining) and `--respect-opt-outs` is
    on."""
    UNREAD = "unread"
    """Beyond the number of entries that one feed may have, or unreadable."""


class RevisionReason(StrEnum):
    """Difference between an article as it was read again and its previous revision."""

    IDENTICAL = "identical"
    """No difference: no revision."""
    COSMETIC = "cosmetic"
    """Differs in case, white space, quotes, dashes or boilerplate only: no revision."""
    TITLE = "title"
    """Only the title differs."""
    CORRECTED = "corrected"
    """Up to half of the paragraphs differ, with as many added as removed."""
    EXTENDED = "extended"
    """More paragraphs were added than removed."""
    SHORTENED = "shortened"
    """More paragraphs were removed than added."""
    REWRITTEN = "rewritten"
    """More than half of the previous paragraphs are gone."""
    MOVED = "moved"
    """Only the URL differs: the feed's entry is the same and its address has changed."""


class RevisitOutcome(StrEnum):
    """Result of a revisit; a PageOutcome or FetchOutcome where its page stopped it."""

    UPDATE = "update"
    """The page changed without an entry in a feed: a new revision on news.raw."""
    UNCHANGED = "unchanged"
    """No change, or a cosmetic one."""
    ANOTHER_ARTICLE = "another_article"
    """The page now declares another canonical URL: nothing is published."""
    INVALID = "invalid"
    """The record would break the contract."""
    OPTED_OUT = "opted_out"
    """The publisher reserves it now, and `--respect-opt-outs` is on."""


class WebSubOutcome(StrEnum):
    """Result of a request to a WebSub hub, or of a call from one."""

    ASKED = "asked"
    """A hub accepted our subscription or its renewal."""
    HUB_FAILED = "hub_failed"
    """A hub did not: retried after 5 minutes, then after twice as long each time, up to a day."""
    VERIFIED = "verified"
    """A hub verified the subscription and pushes from now on."""
    DENIED = "denied"
    """A hub does not push, or no longer: retried after a day."""
    REFUSED = "refused"
    """A verification that we did not ask for."""
    PUSHED = "pushed"
    """A push was processed."""
    UNREADABLE = "unreadable"
    """A push that is no feed, or could not be parsed."""
    BAD_SIGNATURE = "bad_signature"
    """A push without our secret's signature: ignored."""
    TOO_LARGE = "too_large"
    """A push of more than 10 MiB."""
    BROKEN = "broken"
    """A push that was incomplete after 30 s, or is not encoded as declared: refused."""
    BUSY = "busy"
    """64 pushes, 64 MiB, or 4 pushes of the same feed are in progress: the hub sends it again. Or
    parsing of the feed is paused, because its last bodies took too long: the next poll reads it."""
    GONE = "gone"
    """A push for a subscription that does not exist: the hub is told to stop."""
    FAILED = "failed"
    """The broker or the state failed: the next poll meets the same failure, and finds what was
    pushed."""


class EnricherOutcome(StrEnum):
    """Result of one enricher on one article."""

    OK = "ok"
    """Its part is in the record."""
    ERROR = "error"
    """It raised an exception."""
    DEADLINE = "deadline"
    """It exceeded its share of the deadline and was interrupted."""


class Stage(StrEnum):
    """Stage of the job in which a record failed."""

    DECODE = "decode"
    """Reading the record from news.raw."""
    ENRICH = "enrich"
    """In an enrichment child."""
    ENCODE = "encode"
    """Writing the record to news.enriched."""


class Reason(StrEnum):
    """Why a record became a dead letter."""

    NOT_A_RECORD = "not_a_record"
    """Not JSON: another program writes to news.raw."""
    INVALID = "invalid"
    """JSON that breaks the contract. The error names the field."""
    UNKNOWN_SCHEMA = "unknown_schema"
    """A record type or major version unknown to this newsline: upgrade `enrich`, then replay."""
    DEADLINE = "deadline"
    """Enrichment exceeded `--deadline`, or one enricher nine tenths of it. The error names the
    enricher."""
    CRASH = "crash"
    """The enrichment child died, twice."""
    ERROR = "error"
    """An enricher failed: a bug worth a report, with the record."""
    TOO_LARGE = "too_large"
    """Too many bytes once enriched, or for the topic's `max.message.bytes`."""


class LetterState(StrEnum):
    """State of a dead letter. An operator settles it: by a replay, or by dropping it."""

    OPEN = "open"
    """Not settled."""
    REPLAYED = "replayed"
    """Its original was published again."""
    DROPPED = "dropped"
    """It needs no replay."""


class OffsetJump(StrEnum):
    """Why the job resumed in a partition of news.raw at another offset than the committed one."""

    EXPIRED = "expired"
    """The offset had expired (`offsets.retention.minutes`): resumed at the job's own record of it,
    so nothing is lost or doubled."""
    FOREIGN_COMMIT = "foreign_commit"
    """Another program committed with the job's group: refused; resumed at the job's own record."""
    RECREATED = "recreated"
    """news.raw was deleted and created again: resumed at the start of the new topic."""


class EntityType(StrEnum):
    PERSON = "person"
    """A person, real or fictional."""
    ORGANISATION = "organisation"
    """A company, authority, party, team or other organisation."""
    PLACE = "place"
    """A country, city, region, mountain, river or other place."""
    EVENT = "event"
    """A named event."""
    GROUP = "group"
    """People of a nation, religion or political movement."""
    FACILITY = "facility"
    """A building, airport, road or other facility."""
    PRODUCT = "product"
    """A product or vehicle."""
    WORK = "work"
    """A book, film, song or other work."""
    LAW = "law"
    """A named law or treaty."""
    LANGUAGE = "language"
    """A language."""


TimeSource = Literal["feed", "page", "first_seen"]
TimeDetail = Literal["json_ld", "meta", "time_element", "text", "url", "published", "updated"]
TextSource = Literal["page", "feed"]
Reading = Literal["trafilatura", "json_ld", "feed"]
"""Origin of an article's text: the page's HTML by trafilatura, its JSON-LD, or the feed."""

ReadingReason = Literal["only", "agreed", "longest", "shorter_others", "others_differ"]
"""Why that origin was chosen."""

Access = Literal["free", "metered", "walled"]
"""Whether an article's page is open to all readers."""

ChangedField = Literal["title", "text", "url"]
PublishedRevisionReason = Literal[
    "title", "corrected", "extended", "shortened", "rewritten", "moved"
]
"""Those of :class:`RevisionReason` for which a revision is published."""

ReservationSource = Literal["meta", "header", "tdmrep"]
ReservedRight = Literal["noai", "noimageai", "tdm"]
LabelSource = Literal["section", "category", "url", "keyword"]
"""Places of a publisher's own labels."""

EvidenceSource = Literal["section", "keyword", "category", "url", "title", "text"]

POLL_SUCCEEDED = frozenset({PollOutcome.OK, PollOutcome.NOT_MODIFIED, PollOutcome.SAME_BODY})

PASSING = frozenset(
    {
        FetchOutcome.DNS,
        FetchOutcome.CONNECT,
        FetchOutcome.TIMEOUT,
        FetchOutcome.THROTTLED,
        FetchOutcome.SERVER_ERROR,
        FetchOutcome.BAD_RESPONSE,
        FetchOutcome.TLS,
        FetchOutcome.OUTAGE,
        PageOutcome.EXTRACT_CRASH,
    }
)
"""What may be gone at the next poll, so that the entry is worth another try."""
