"""The contract: what travels on news.raw, news.enriched and news.dead-letter.

Every record is one JSON object in UTF-8. Its ``schema`` field names the kind and the major version;
a reader refuses a major version it does not know and ignores fields it does not know, so that a
field can be added without a new version. Decoding validates: what these types hold is within the
limits below.

The limits keep the largest possible enriched record under :data:`MAX_RECORD_BYTES`; text is at most
4 bytes a character in UTF-8 once control characters are refused. ``tests/newsline/test_records.py``
builds that record and weighs it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from newsline.outcomes import (
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
"""Kafka's default ``max.message.bytes``, less its batch overhead; holds for raw and enriched."""

MAX_DEAD_LETTER_BYTES = 2 * 1024 * 1024
"""A dead letter carries its original in base64, 4/3 of its size: its topic allows twice as much."""

MAX_TEXT = 80_000
MAX_TITLE = 500
MAX_SUMMARY = 1_000
MAX_NAME = 100
MAX_URL = 2_048
MAX_ERROR = 2_000
MAX_AUTHORS = 20
MAX_KEYWORDS = 40
MAX_RESERVATIONS = 8
MAX_FEEDS = 10
MAX_ENTITIES = 200
MAX_MENTIONS = 1_000
"""Over all entities of an article."""

MAX_ALIASES = 3
MAX_TAGS = 30
MAX_KEY_PHRASES = 10
MAX_QUOTES = 50
MAX_MODELS = 14
MAX_NOTES = 14
MAX_NOTE = 200
MAX_EXTENSIONS = 4
MAX_EXTENSION_BYTES = 4_096
"""Of each, in JSON."""

ENRICHER_NAME = r"^[a-z][a-z0-9_]{0,39}$(?!\n)"

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""All of C0 but tab and newline: JSON would need six bytes for each, and no article needs one."""

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
Note = Annotated[str, Meta(max_length=MAX_NOTE)]
Utc = Annotated[datetime, Meta(tz=True)]


class Time(Struct, frozen=True):
    """A moment in UTC, and who says so: the feed, the page, or our own clock at first sight.

    ``detail`` is where they say it: the page's JSON-LD, a meta or time element of it, its URL (then
    only the date is known, and the time is midnight), the feed entry's time of publishing or of its
    last change. It is missing at first sight, and in records from before it.
    """

    at: Utc
    """The moment, in UTC."""
    source: TimeSource
    """Who states it: the `feed`, the `page`, or our clock at `first_seen`."""
    detail: TimeDetail | None = None
    """Where it is stated: `json_ld`, `meta` or `time_element` of the page, its `url` (date
    only, midnight), or the feed entry's time `published` or `updated`."""


class FeedRef(Struct, frozen=True, omit_defaults=True):
    """A feed that lists the article, and what the article is called there."""

    url: Url
    """URL of the feed, without credentials."""
    entry_id: Annotated[str, Meta(max_length=MAX_TITLE)]
    """Id of the entry in the feed."""
    title: Title = ""
    """Title of the entry."""


class Reservation(Struct, frozen=True, omit_defaults=True):
    """A right in the article that its publisher reserves, and where that is said: in the page's
    meta elements, its HTTP header, or the site's /.well-known/tdmrep.json.

    ``noai`` and ``noimageai``: no use by AI of the page, or its images. ``tdm``: no text and data
    mining (W3C TDM Reservation Protocol) but under ``policy``, the URL of the terms.
    """

    source: ReservationSource
    """Where it is declared: meta elements of the page (`meta`), its HTTP `header`, or the
    site's /.well-known/tdmrep.json (`tdmrep`)."""
    what: ReservedRight
    """`noai`, `noimageai`: no use by AI of the page, or of its images. `tdm`: no text and data
    mining (W3C TDM Reservation Protocol) except under `policy`."""
    policy: Url | None = None
    """URL of the terms."""


class Nearest(Struct, frozen=True):
    """The article, known when this one came, whose text is most like this one's; ``similarity``,
    0 to 1, is an estimate of the share of three words in a row that both have."""

    article_id: Digest
    """The known article with the most similar text."""
    similarity: Share
    """Estimated share of word trigrams in common, 0 to 1."""


class Article(Struct, frozen=True, kw_only=True, tag_field="schema"):
    """What a raw and an enriched article have in common: all that the publisher said.

    ``article_id`` is made from ``url``, the canonical one; ``fetched_url`` is where the page was in
    fact read. ``revision`` starts at 1 and grows by one with each change of ``title`` or ``text``;
    ``changed`` says which, and ``revision_reason`` how: it was the ``title`` alone, or the text was
    ``corrected`` (as many paragraphs as before), ``extended``, ``shortened`` or ``rewritten``.
    ``published`` is always there: where neither feed nor page gives a time, it is ``first_seen``,
    and its source says so. ``declared_language`` is the page's own claim, a BCP 47 primary subtag.
    ``text_source`` is ``feed`` where the text is the feed's: the page could not be had, and
    ``page_outcome`` says why, or it showed only a part. ``reading`` is the reading that the text
    was taken from; ``reading_reason`` why that one: it was the ``only`` one, another one
    ``agreed``, it was the ``longest`` and held the page's, the others were shorter parts of it, or
    they differed. ``truncated`` marks a text that was cut at a sentence to :data:`MAX_TEXT`
    characters. Paragraphs of ``text`` are separated by one newline.
    Near-duplicates, as a rule copies of one agency's report on several sites, have one
    ``cluster_id``, the ``article_id`` of the first of them; an article that is alone has its own.
    ``nearest`` is there where it is in another's cluster, and is why. Both stay as they are from
    the revision on that first has 40 words. They are missing in records from before them.
    ``reservations`` are the publisher's opt-outs: whoever uses the article has to heed them.
    """

    article_id: Digest
    """Made from `url`; 32 hex digits. The message key."""
    revision: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    """From 1; grows by one with each change of `title` or `text`."""
    url: Url
    """Canonical URL."""
    fetched_url: Url
    """URL the page was read from."""
    feeds: Annotated[tuple[FeedRef, ...], Meta(min_length=1, max_length=MAX_FEEDS)]
    """Feeds that list the article."""
    title: Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]
    """Title."""
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    """Text; paragraphs are separated by one newline."""
    text_source: TextSource
    """`feed` where the page could not be read or showed only a part."""
    page_outcome: Annotated[str, Meta(max_length=MAX_NAME)]
    """Outcome of the page or of its fetch, see [outcomes](outcomes.md#page)."""
    reading: Reading | None = None
    """Reading from which the text was taken."""
    reading_reason: ReadingReason | None = None
    """Why that reading: the `only` one; another one `agreed`; the `longest`, containing the
    page's; the others were shorter parts of it (`shorter_others`); or they differed
    (`others_differ`)."""
    truncated: bool = False
    """The text was cut at a sentence to 80,000 characters."""
    summary: Summary = ""
    """Summary by the publisher."""
    authors: Annotated[tuple[Name, ...], Meta(max_length=MAX_AUTHORS)] = ()
    """Names of authors."""
    published: Time
    """Time of publication; our `first_seen` where neither feed nor page states one."""
    modified: Time | None = None
    """Time of the last change, as the publisher states it."""
    first_seen: Utc
    """When a connector first saw the article."""
    fetched_at: Utc
    """When the page or feed was fetched."""
    declared_language: LanguageCode | None = None
    """Language that the page declares, a BCP 47 primary subtag."""
    section: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    """Section, as the publisher names it."""
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
    """What differs from the previous revision."""
    revision_reason: PublishedRevisionReason | None = None
    """Kind of the change, see [outcomes](outcomes.md#revision)."""
    cluster_id: Digest | None = None
    """Id of the first article among near-duplicates; its own where there are none. Fixed from
    the revision on that first has 40 words."""
    nearest: Nearest | None = None
    """Where the article is in another's cluster: the article that put it there."""
    reservations: Annotated[tuple[Reservation, ...], Meta(max_length=MAX_RESERVATIONS)] = ()
    """The publisher's opt-outs. Whoever uses the article has to heed them."""

    def __post_init__(self) -> None:
        for field in ("text", "title", "summary", "section", "site_name"):
            if CONTROL_CHARACTERS.search(getattr(self, field)):
                raise ValueError(f"{field} holds a control character")
        for field in ("authors", "keywords", "feed_categories"):
            if any(CONTROL_CHARACTERS.search(name) for name in getattr(self, field)):
                raise ValueError(f"{field} hold a control character")


class RawArticle(Article, frozen=True, kw_only=True, tag="newsline.raw/1"):
    """One revision of one article, as a connector published it on news.raw; key ``article_id``."""


class Mention(Struct, frozen=True):
    """Where an entity stands in the text: ``text[start:end]``, counted in Unicode code points."""

    start: Offset
    """Offset of the first character in `text`, in Unicode code points."""
    end: Offset
    """Offset after the last one."""


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that the text names, under its fullest name there.

    ``count`` is the number of times that it is named; ``mentions`` lists them in order, the first
    ones only where an article has more than :data:`MAX_MENTIONS`. ``aliases`` are the other surface
    forms. ``salience`` (0 to 1, they add up to 1 over the article) says how much the article is
    about it. ``wikidata`` is there only where it is certain; a group's, such as "Ukrainians" or
    "Ukrainian", is that of the country.
    """

    name: Name
    """The fullest name in the text."""
    type: EntityType
    """Type of the entity."""
    count: Annotated[int, Meta(ge=1)]
    """Number of mentions."""
    salience: Share
    """Share of the article that is about it, 0 to 1; all add up to 1."""
    mentions: tuple[Mention, ...]
    """The first mentions, in order."""
    aliases: Annotated[tuple[Name, ...], Meta(max_length=MAX_ALIASES)] = ()
    """Other surface forms."""
    wikidata: WikidataId | None = None
    """Wikidata item, only where certain; that of the country for a group such as "Ukrainians"."""


class Evidence(Struct, frozen=True):
    """What speaks for a tag: where it stands, and the words themselves."""

    source: EvidenceSource
    """Where the words are."""
    term: Annotated[str, Meta(max_length=MAX_NAME)]
    """The words."""


class TopicTag(Struct, frozen=True, kw_only=True):
    """A concept of the IPTC Media Topics; ``path``: its names from the top level down to itself.

    ``wikidata`` is the item that IPTC says is the same.
    """

    code: Annotated[str, Meta(pattern=r"^medtop:\d{8}$")]
    """Code of the IPTC Media Topic."""
    name: Name
    """Its name in English."""
    path: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=6)]
    """Names from the top level down to the topic."""
    confidence: Share
    """Calibrated probability, 0 to 1."""
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=5)]
    """Words that support the tag."""
    wikidata: WikidataId | None = None
    """Wikidata item that IPTC gives for the topic."""


class Lead(Struct, frozen=True):
    """The text's first sentence, after what is none (byline, dateline, promotion).

    It is ``text[start:end]``, counted as in :class:`Mention`.
    """

    start: Offset
    """Offset of the first character in `text`, in Unicode code points."""
    end: Offset
    """Offset after the last one."""


class Quote(Struct, frozen=True, omit_defaults=True):
    """What somebody is quoted as saying: ``text[start:end]``, without the outer quotation marks.

    One over several paragraphs holds their inner marks. ``speaker`` is the ``name`` of an entity of
    this article; it is missing where the text does not say clearly who speaks, or by no name.
    """

    start: Offset
    """Offset after the opening quotation mark in `text`, in Unicode code points."""
    end: Offset
    """Offset of the closing one."""
    speaker: Name | None = None
    """`name` of an entity of the article; missing where the text does not name the speaker
    clearly."""


class Statistics(Struct, frozen=True):
    """How long the text is. ``words``: in scripts without spaces every character is one.

    ``paragraphs`` are lines that are not empty; ``characters`` are Unicode code points.
    ``reading_seconds`` is what an adult takes to read it aloud, at the usual pace in its language;
    silently it goes a little faster.
    """

    words: Offset
    """Words; every character in scripts without spaces."""
    sentences: Offset
    """Sentences."""
    paragraphs: Offset
    """Lines that are not empty."""
    characters: Offset
    """Unicode code points."""
    reading_seconds: Offset
    """Time to read it aloud at the usual pace of its language, in seconds."""


class Language(Struct, frozen=True):
    """The text's language (ISO 639-1), or ``und`` where it is undecided; confidence 0 to 1."""

    code: LanguageCode
    """ISO 639-1 code; `und` where undecided."""
    confidence: Share
    """0 to 1."""


class Model(Struct, frozen=True):
    """A model, vocabulary or package that had a part in the enrichment, so that it can be repeated.

    ``role``: the enricher's name, such as ``language``, ``entities``, ``topic_tags``.
    """

    role: EnricherName
    """Name of the enricher."""
    name: Name
    """Name of the model, vocabulary or package."""
    version: Name
    """Its version."""


class EnrichedArticle(Article, frozen=True, kw_only=True, tag="newsline.enriched/1"):
    """All that the raw article has, and what was found in its text; on news.enriched, same key.

    ``entities`` come in falling salience, ``topic_tags`` in falling confidence. ``notes`` says what
    was left out and why, such as ``entities: no model for fr``. ``extensions`` has what enrichers
    of other packages have found: a JSON object of each, under its name, without a contract of ours.
    """

    language: Language
    """Language of the text."""
    entities: Annotated[tuple[Entity, ...], Meta(max_length=MAX_ENTITIES)]
    """Entities by falling salience."""
    topic_tags: Annotated[tuple[TopicTag, ...], Meta(max_length=MAX_TAGS)]
    """Tags by falling confidence."""
    key_phrases: Annotated[tuple[Name, ...], Meta(max_length=MAX_KEY_PHRASES)] = ()
    """Phrases of two and three words that the text turns on."""
    lead: Lead | None = None
    """The first sentence that tells the news."""
    quotes: Annotated[tuple[Quote, ...], Meta(max_length=MAX_QUOTES)] = ()
    """Quotations, with their speakers."""
    statistics: Statistics | None = None
    """Length and reading time."""
    models: Annotated[tuple[Model, ...], Meta(max_length=MAX_MODELS)]
    """Models, vocabularies and packages that took part, so that the enrichment can be repeated."""
    notes: Annotated[tuple[Note, ...], Meta(max_length=MAX_NOTES)] = ()
    """Parts that were left out, and why, such as `entities: no model for fr`."""
    extensions: Annotated[dict[EnricherName, dict[str, Any]], Meta(max_length=MAX_EXTENSIONS)] = (
        msgspec.field(default_factory=dict)
    )
    """Results of installed enrichers: a JSON object each, by name, without a contract of ours."""
    enriched_at: Utc
    """Time of enrichment."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(len(entity.mentions) for entity in self.entities) > MAX_MENTIONS:
            raise ValueError(f"more than {MAX_MENTIONS} mentions")
        for name, extension in self.extensions.items():
            if len(msgspec.json.encode(extension)) > MAX_EXTENSION_BYTES:
                raise ValueError(f"extension {name} has more than {MAX_EXTENSION_BYTES} bytes")


class DeadLetter(
    Struct, frozen=True, kw_only=True, tag_field="schema", tag="newsline.dead-letter/1"
):
    """A record of news.raw that could not be enriched, with its original bytes (base64 in JSON).

    ``topic``, ``partition`` and ``offset`` say where the original stands; ``attempts`` is how often
    it was tried. Publishing ``original`` to ``topic`` again under ``key`` is a replay.
    """

    stage: Stage
    """Stage in which the record failed, see [outcomes](outcomes.md#dead-letter)."""
    reason: Reason
    """Reason of the failure."""
    error: Annotated[str, Meta(max_length=MAX_ERROR)]
    """Error, in one line."""
    attempts: Annotated[int, Meta(ge=1)]
    """Attempts made."""
    topic: str
    """Topic of the original."""
    partition: Offset
    """Its partition."""
    offset: Offset
    """Its offset."""
    key: bytes
    """Its key."""
    original: bytes
    """Its bytes. Publishing them to `topic` again under `key` is a replay."""
    failed_at: Utc
    """Time of the failure."""


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


_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’»)]*\s|\n")


def cut_text(text: str, limit: int = MAX_TEXT) -> tuple[str, bool]:
    """The text in at most ``limit`` characters, cut after a sentence, and whether it was cut."""
    if len(text) <= limit:
        return text, False
    ends = [match.end() for match in _SENTENCE_END.finditer(text, limit // 2, limit)]
    return text[: ends[-1] if ends else limit].rstrip(), True


def article_id(canonical_url: str) -> str:
    """The id of the article at a canonical URL: 32 hex digits of its BLAKE2b hash."""
    return blake2b(canonical_url.encode("utf-8", "replace"), digest_size=16).hexdigest()


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is taken to be in UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


KINDS = {RAW_TOPIC: RawArticle, ENRICHED_TOPIC: EnrichedArticle, DEAD_LETTER_TOPIC: DeadLetter}


def json_schema(topic: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a topic's records. Raises KeyError for another topic."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | msgspec.json.schema(KINDS[topic])
