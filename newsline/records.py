"""The contract: the records on news.raw, news.enriched and news.dead-letter.

A record is one JSON object in UTF-8. Its ``schema`` field names the type and the major version. A
reader refuses unknown major versions and ignores unknown fields, so fields can be added without a
new version. Decoding validates the limits below.

The limits keep the largest possible enriched record under :data:`MAX_RECORD_BYTES`: without control
characters, a character takes at most 4 bytes in UTF-8. ``tests/newsline/test_records.py`` builds
that record and measures it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from newsline.outcomes import (
    Access,
    ChangedField,
    EntityType,
    EvidenceSource,
    PublishedRevisionReason,
    Reading,
    ReadingReason,
    Reason,
    ReservationSource,
    ReservedRight,
    Stage,
    TextSource,
    TimeDetail,
    TimeSource,
)

RAW_TOPIC = "news.raw"
ENRICHED_TOPIC = "news.enriched"
DEAD_LETTER_TOPIC = "news.dead-letter"
TOPICS = (RAW_TOPIC, ENRICHED_TOPIC, DEAD_LETTER_TOPIC)

MAX_RECORD_BYTES = 1024 * 1024
"""Limit for news.raw and news.enriched: Kafka's default ``max.message.bytes`` without overhead."""

MAX_DEAD_LETTER_BYTES = 2 * 1024 * 1024
"""Limit for news.dead-letter: a dead letter holds its original in base64, 4/3 of the size."""

MAX_TEXT = 80_000
MAX_TITLE = 500
MAX_SUMMARY = 1_000
MAX_NAME = 100
MAX_URL = 2_048
MAX_ERROR = 2_000
MAX_HEADER_BYTES = 64 * 1024
"""Of an original's headers together, so that control characters in their names fit too."""

MAX_AUTHORS = 20
MAX_KEYWORDS = 40
MAX_RESERVATIONS = 8
MAX_FEEDS = 10
MAX_ENTITIES = 200
MAX_MENTIONS = 1_000
"""Of all entities of an article together."""

MAX_ALIASES = 3
MAX_TAGS = 30
MAX_KEY_PHRASES = 10
MAX_QUOTES = 50
MAX_MODELS = 14
MAX_NOTES = 14
MAX_NOTE = 200
MAX_EXTENSIONS = 4
MAX_EXTENSION_BYTES = 4_096
"""Of each extension, as JSON."""

ENRICHER_NAME = r"^[a-z][a-z0-9_]{0,39}$(?!\n)"

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""C0 without tab and newline: JSON needs six bytes for each, and no article needs them."""

Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Title = Annotated[str, Meta(max_length=MAX_TITLE)]
Summary = Annotated[str, Meta(max_length=MAX_SUMMARY)]
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
Url = Annotated[str, Meta(max_length=MAX_URL, pattern=r"^https?://[!#-\[\]-~]+$(?!\n)")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Offset = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
WikidataId = Annotated[str, Meta(pattern="^Q[1-9][0-9]*$", max_length=12)]
LanguageCode = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")]
EnricherName = Annotated[str, Meta(pattern=ENRICHER_NAME)]
LetterPlaceText = Annotated[str, Meta(pattern=r"^[0-9]{1,9}:[0-9]{1,18}$(?!\n)")]
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Utc = Annotated[datetime, Meta(tz=True)]


class Time(Struct, frozen=True):
    """A time in UTC, and its source."""

    at: Utc
    """The time, in UTC."""
    source: TimeSource
    """Source: the `feed`, the `page`, or the connector's clock at first sight (`first_seen`)."""
    detail: TimeDetail | None = None
    """Place in the source: `json_ld`, `meta` or `time_element` of the page, a `text` on it, its
    `url` (date only, midnight), or the feed entry's time `published` or `updated`. `updated` too
    if the page shows only the date of a change. Missing for `first_seen`."""


class FeedRef(Struct, frozen=True, omit_defaults=True):
    """A feed that lists the article, with its entry's id and title."""

    url: Url
    """URL of the feed, without credentials."""
    entry_id: Annotated[str, Meta(max_length=MAX_TITLE)]
    """Id of the entry in the feed."""
    title: Title = ""
    """Title of the entry."""


class Reservation(Struct, frozen=True, omit_defaults=True):
    """A right that the publisher reserves (opt-out), and the place of the declaration."""

    source: ReservationSource
    """Place of the declaration: meta elements of the page (`meta`), its HTTP `header`, or the
    site's /.well-known/tdmrep.json (`tdmrep`)."""
    what: ReservedRight
    """`noai`, `noimageai`: no use by AI of the page, or of its images. `tdm`: no text and data
    mining (W3C TDM Reservation Protocol) except under `policy`."""
    policy: Url | None = None
    """URL of the terms for text and data mining."""


class Nearest(Struct, frozen=True):
    """The most similar article among those known when this one was published."""

    article_id: Digest
    """Id of that article."""
    similarity: Share
    """Estimated share of word trigrams in common, 0 to 1."""


class Article(Struct, frozen=True, kw_only=True, tag_field="schema"):
    """Fields that a raw and an enriched article have in common.

    Optional fields may be missing, also from records that were written before they were added.
    """

    article_id: Digest
    """Hash of `url`, 32 hex digits. The message key."""
    revision: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    """1 for the first revision; each change of `title` or `text` adds 1."""
    url: Url
    """Canonical URL."""
    fetched_url: Url
    """URL from which the page was read."""
    feeds: Annotated[tuple[FeedRef, ...], Meta(min_length=1, max_length=MAX_FEEDS)]
    """Feeds that list the article."""
    title: Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]
    """Title."""
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    """Text; paragraphs are separated by one newline."""
    text_source: TextSource
    """Source of `text`: `feed` if the page could not be read or shows only a part."""
    page_outcome: Annotated[str, Meta(max_length=MAX_NAME)]
    """Outcome of the page or of its fetch, see [outcomes](outcomes.md#page)."""
    reading: Reading | None = None
    """Origin of `text`: the page's HTML (`trafilatura`), its JSON-LD, or the feed."""
    reading_reason: ReadingReason | None = None
    """Reason for that origin: it was the `only` one; another one `agreed`; it was the `longest`
    and contains the page's; the others were shorter parts of it (`shorter_others`) or differed
    (`others_differ`)."""
    truncated: bool = False
    """True if the text was cut after a sentence, to 80,000 characters."""
    access: Access | None = None
    """Access to the page. `free`: open to all, by its own mark. `metered`: not open to all, by its
    own mark, but the text is shown. `walled`: with a sign of a paywall, so `text` may be a part;
    with `text_source` `feed` it is the feed's. Missing without mark and sign."""
    summary: Summary = ""
    """Summary by the publisher."""
    authors: Annotated[tuple[Name, ...], Meta(max_length=MAX_AUTHORS)] = ()
    """Names of authors: people or, if none is credited, the organisation in their place."""
    published: Time
    """Time of publication; that of `first_seen` if neither feed nor page states one."""
    modified: Time | None = None
    """Time of the last change, as stated by the publisher."""
    first_seen: Utc
    """Time at which a connector first saw the article."""
    fetched_at: Utc
    """Time at which the page or feed was fetched."""
    declared_language: LanguageCode | None = None
    """Language that the page declares, a BCP 47 primary subtag."""
    section: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    """Section, as named by the publisher."""
    keywords: Annotated[tuple[Name, ...], Meta(max_length=MAX_KEYWORDS)] = ()
    """Keywords of the page."""
    feed_categories: Annotated[tuple[Name, ...], Meta(max_length=MAX_KEYWORDS)] = ()
    """Categories of the feed entry."""
    site_name: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    """Name of the site."""
    image_url: Url | None = None
    """URL of the lead image."""
    content_hash: Digest
    """Hash of title and text without cosmetic differences, 32 hex digits."""
    changed: tuple[ChangedField, ...] = ()
    """What differs from the previous revision; `url`: the article has moved."""
    revision_reason: PublishedRevisionReason | None = None
    """Kind of the change, see [outcomes](outcomes.md#revision)."""
    cluster_id: Digest | None = None
    """`article_id` of the first article of the near-duplicates, usually copies of one agency
    report; its own if there are none. Final from the first revision of 40 words on."""
    nearest: Nearest | None = None
    """The article that put this one into another's cluster. Missing in its own cluster."""
    reservations: Annotated[tuple[Reservation, ...], Meta(max_length=MAX_RESERVATIONS)] = ()
    """The publisher's opt-outs. Users of the article must respect them."""

    def __post_init__(self) -> None:
        for field in ("text", "title", "summary", "section", "site_name"):
            if CONTROL_CHARACTERS.search(getattr(self, field)):
                raise ValueError(f"{field} contains a control character")
        for field in ("authors", "keywords", "feed_categories"):
            if any(CONTROL_CHARACTERS.search(name) for name in getattr(self, field)):
                raise ValueError(f"{field} contain a control character")


class RawArticle(Article, frozen=True, kw_only=True, tag="newsline.raw/1"):
    """A revision of an article on news.raw, published by a connector; key ``article_id``."""


class Mention(Struct, frozen=True):
    """A place where the text names an entity: ``text[start:end]``, in Unicode code points."""

    start: Offset
    """Offset of the first character in `text`, in Unicode code points."""
    end: Offset
    """Offset after the last one."""


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person, organisation, place or other thing that the text names."""

    name: Name
    """The fullest name in the text."""
    type: EntityType
    """Type of the entity."""
    count: Annotated[int, Meta(ge=1)]
    """Number of mentions, also of those beyond the limit of `mentions`."""
    salience: Share
    """Share of the article that is about it, 0 to 1; those of all entities add up to 1."""
    mentions: tuple[Mention, ...]
    """Mentions in order; at most 1,000 in an article, the first ones."""
    aliases: Annotated[tuple[Name, ...], Meta(max_length=MAX_ALIASES)] = ()
    """Other surface forms."""
    wikidata: WikidataId | None = None
    """Wikidata item, only if certain; for a group such as "Ukrainians", that of the country."""


class Evidence(Struct, frozen=True):
    """Words that support a tag, and their place."""

    source: EvidenceSource
    """Place of the words."""
    term: Annotated[str, Meta(max_length=MAX_NAME)]
    """The words."""


class TopicTag(Struct, frozen=True, kw_only=True):
    """A concept of the IPTC Media Topics that was assigned to the article."""

    code: Annotated[str, Meta(pattern=r"^medtop:\d{8}$")]
    """Code of the concept."""
    name: Name
    """Its name in English."""
    path: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=6)]
    """Names of the concepts from the top level down to this one."""
    confidence: Share
    """Calibrated probability, 0 to 1."""
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=5)]
    """Words that support the tag."""
    wikidata: WikidataId | None = None
    """Wikidata item that IPTC gives for the concept."""


class Lead(Struct, frozen=True):
    """The first sentence that tells the news, after byline, dateline and promotion.

    It is ``text[start:end]``, in Unicode code points.
    """

    start: Offset
    """Offset of the first character in `text`, in Unicode code points."""
    end: Offset
    """Offset after the last one."""


class Quote(Struct, frozen=True, omit_defaults=True):
    """A quotation: ``text[start:end]``, without the outer quotation marks.

    A quotation of several paragraphs includes the marks between them.
    """

    start: Offset
    """Offset after the opening quotation mark in `text`, in Unicode code points."""
    end: Offset
    """Offset of the closing one."""
    speaker: Name | None = None
    """`name` of an entity of the article; missing if the text does not clearly name the
    speaker."""


class Statistics(Struct, frozen=True):
    """Length of the text, and the time to read it."""

    words: Offset
    """Words. Each Chinese or Japanese character counts as one; words in Thai, Lao, Khmer, Burmese
    and Tibetan are estimated by the number of letters."""
    sentences: Offset
    """Sentences."""
    paragraphs: Offset
    """Lines that are not empty."""
    characters: Offset
    """Unicode code points."""
    reading_seconds: Offset
    """Time for an adult to read it aloud at the usual pace of its language, in seconds; reading
    silently is a little faster."""


class Language(Struct, frozen=True):
    """The language of the text, and its confidence."""

    code: LanguageCode
    """ISO 639-1 code; `und` if undecided."""
    confidence: Share
    """Probability of the language, 0 to 1."""


class Model(Struct, frozen=True):
    """A model, vocabulary or package that was used, so that the enrichment can be repeated."""

    role: EnricherName
    """Name of the enricher, such as `language`, `entities`, `topic_tags`."""
    name: Name
    """Name of the model, vocabulary or package."""
    version: Name
    """Its version."""


class EnrichedArticle(Article, frozen=True, kw_only=True, tag="newsline.enriched/1"):
    """A raw article with the results of the enrichers, on news.enriched; key ``article_id``."""

    language: Language
    """Language of the text."""
    entities: Annotated[tuple[Entity, ...], Meta(max_length=MAX_ENTITIES)]
    """Entities by falling salience."""
    topic_tags: Annotated[tuple[TopicTag, ...], Meta(max_length=MAX_TAGS)]
    """Tags by falling confidence."""
    key_phrases: Annotated[tuple[Name, ...], Meta(max_length=MAX_KEY_PHRASES)] = ()
    """Phrases of two and three words that characterise the text."""
    lead: Lead | None = None
    """The first sentence that tells the news."""
    quotes: Annotated[tuple[Quote, ...], Meta(max_length=MAX_QUOTES)] = ()
    """Quotations, with their speakers."""
    statistics: Statistics | None = None
    """Length and reading time."""
    models: Annotated[tuple[Model, ...], Meta(max_length=MAX_MODELS)]
    """Models, vocabularies and packages that were used."""
    notes: Annotated[tuple[Note, ...], Meta(max_length=MAX_NOTES)] = ()
    """Parts that were left out, and why, such as `entities: no model for fr`."""
    extensions: Annotated[dict[EnricherName, dict[str, Any]], Meta(max_length=MAX_EXTENSIONS)] = (
        msgspec.field(default_factory=dict)
    )
    """Results of installed enrichers by name: a JSON object each, outside this contract."""
    enriched_at: Utc
    """Time of enrichment."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(len(entity.mentions) for entity in self.entities) > MAX_MENTIONS:
            raise ValueError(f"more than {MAX_MENTIONS} mentions")
        for name, extension in self.extensions.items():
            if len(msgspec.json.encode(extension)) > MAX_EXTENSION_BYTES:
                raise ValueError(f"extension {name} has more than {MAX_EXTENSION_BYTES} bytes")


class Header(Struct, frozen=True):
    """A header of the original. A name may occur several times."""

    name: str
    """Name of the header."""
    value: bytes
    """Its value, in base64."""


class DeadLetter(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="schema",
    tag="newsline.dead-letter/1",
):
    """A record of news.raw that could not be enriched, with its original bytes.

    Optional fields may be missing, also from records that were written before they were added.
    """

    stage: Stage
    """Stage in which the record failed, see [outcomes](outcomes.md#dead-letter)."""
    reason: Reason
    """Reason of the failure."""
    error: Annotated[str, Meta(max_length=MAX_ERROR)]
    """Error, in one line."""
    attempts: Annotated[int, Meta(ge=1)]
    """Number of attempts, with those before a replay."""
    topic: str
    """Topic of the original."""
    partition: Offset
    """Partition of the original."""
    offset: Offset
    """Offset of the original."""
    key: bytes
    """Key of the original, in base64."""
    original: bytes
    """Bytes of the original, in base64. `newsline dead-letter replay` publishes them again, to
    `topic` under `key`, with `headers`."""
    failed_at: Utc
    """Time of the failure."""
    headers: tuple[Header, ...] = ()
    """Headers of the original; left out if they have more than 64 KiB, and `error` says so."""
    first_failed_at: Utc | None = None
    """Time of the first failure, if the original was replayed after it."""
    replay_of: LetterPlaceText | None = None
    """Place on news.dead-letter, PARTITION:OFFSET, of the dead letter that was replayed before this
    failure."""


class Withdrawal(NamedTuple):
    """A tombstone on news.raw: the article whose id is ``key`` is withdrawn.

    It has no value and no schema. The job writes a tombstone with the same key to news.enriched.
    """

    key: bytes


_encoder = msgspec.json.Encoder()
_any: msgspec.json.Decoder[RawArticle | EnrichedArticle | DeadLetter] = msgspec.json.Decoder(
    RawArticle | EnrichedArticle | DeadLetter
)
_raw = msgspec.json.Decoder(RawArticle)
_enriched = msgspec.json.Decoder(EnrichedArticle)
_dead_letter = msgspec.json.Decoder(DeadLetter)


def encode(record: RawArticle | EnrichedArticle | DeadLetter) -> bytes:
    """Encode the record as one JSON object in UTF-8."""
    return _encoder.encode(record)


def decode(value: bytes) -> RawArticle | EnrichedArticle | DeadLetter:
    """Decode a record of any of the three topics by its ``schema`` field.

    Raises msgspec.DecodeError if it is not JSON, and its subclass ValidationError if the schema is
    unknown or a limit is exceeded; both are ValueErrors. Raises RecursionError for JSON that is
    nested too deeply.
    """
    return _any.decode(value)


def decode_raw(value: bytes) -> RawArticle:
    """Decode a record of news.raw. Raises like :func:`decode`."""
    return _raw.decode(value)


def decode_enriched(value: bytes) -> EnrichedArticle:
    """Decode a record of news.enriched. Raises like :func:`decode`."""
    return _enriched.decode(value)


def decode_dead_letter(value: bytes) -> DeadLetter:
    """Decode a record of news.dead-letter. Raises like :func:`decode`."""
    return _dead_letter.decode(value)


def article_id(canonical_url: str) -> str:
    """The id of an article whose first canonical URL this is: 32 hex digits of a BLAKE2b hash."""
    return blake2b(canonical_url.encode("utf-8", "replace"), digest_size=16).hexdigest()


def utc(moment: datetime) -> datetime:
    """Convert to UTC; a naive time counts as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


KINDS = {RAW_TOPIC: RawArticle, ENRICHED_TOPIC: EnrichedArticle, DEAD_LETTER_TOPIC: DeadLetter}
