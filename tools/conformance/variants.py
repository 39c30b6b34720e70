"""Formats of feeds, and unusual ways to write each of their elements. Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Format(NamedTuple):
    """A document with ``{items}``, and the tag of each field of an item."""

    document: str
    item: str
    tags: Mapping[str, str]
    is_atom: bool = False


class Value(NamedTuple):
    """What an element says, and what a second one of its kind would say."""

    text: str
    other: str


SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:dcterms="http://purl.org/dc/terms/"'
)
_RSS = {
    "link": "link",
    "id": "guid",
    "title": "title",
    "summary": "description",
    "content": "content:encoded",
    "author": "author",
    "published": "pubDate",
    "category": "category",
}
_ATOM = {
    "link": "link",
    "id": "id",
    "title": "title",
    "summary": "summary",
    "content": "content",
    "author": "author",
    "published": "published",
    "updated": "updated",
    "category": "category",
}
FORMATS = {
    "RSS 2.0": Format(
        f'<rss version="2.0" {SPACES}><channel><title>Harbour News</title>'
        "<link>https://news.example/</link>{items}</channel></rss>",
        "<item>{}</item>",
        _RSS,
    ),
    "RSS 0.91": Format(
        '<rss version="0.91"><channel><title>Harbour News</title>{items}</channel></rss>',
        "<item>{}</item>",
        {name: _RSS[name] for name in ("link", "title", "summary")},
    ),
    "RSS 1.0": Format(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://purl.org/rss/1.0/" {SPACES}>'
        '<channel rdf:about="https://news.example/"><title>Harbour News</title></channel>'
        "{items}</rdf:RDF>",
        '<item rdf:about="https://news.example/about">{}</item>',
        {
            "link": "link",
            "title": "title",
            "summary": "description",
            "content": "content:encoded",
            "author": "dc:creator",
            "published": "dc:date",
            "category": "dc:subject",
        },
    ),
    "Atom": Format(
        f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><title>Harbour News</title>'
        "<author><name>Ola Nilsen</name></author>{items}</feed>",
        "<entry>{}</entry>",
        _ATOM,
        is_atom=True,
    ),
    "Atom 0.3": Format(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Harbour News</title>'
        "{items}</feed>",
        "<entry>{}</entry>",
        {name: tag for name, tag in _ATOM.items() if name != "category"}
        | {"published": "issued", "updated": "modified"},
        is_atom=True,
    ),
}

STOCK = {
    "link": Value("https://news.example/ferry", "https://news.example/tug"),
    "id": Value("https://news.example/id/17", "https://news.example/id/18"),
    "title": Value("Ferry reaches the new quay", "Tug sinks off the pier"),
    "summary": Value("The first ferry of the season arrived.", "A tug sank on Monday."),
    "content": Value("The first ferry of the season arrived on time. All cheered.", "A tug sank."),
    "author": Value("Ines Brandt", "Jon Lund"),
    "published": Value("Mon, 23 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT"),
    "updated": Value("2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z"),
    "category": Value("Ferries", "Tugs"),
}
ISO = Value("2026-11-23T10:00:00Z", "2026-11-24T10:00:00Z")

ELEMENTS = {
    "absent": "",
    "empty": "<{t}></{t}>",
    "self-closed": "<{t}/>",
    "blank": "<{t}> \n </{t}>",
    "empty CDATA": "<{t}><![CDATA[]]></{t}>",
    "comment": "<{t}><!-- none --></{t}>",
    "no-break space": "<{t}>&#160;</{t}>",
    "CDATA": "<{t}><![CDATA[{v}]]></{t}>",
    "spaced": "<{t}>\n    {v}\n  </{t}>",
    "spaced CDATA": "<{t}>\n  <![CDATA[ {v} ]]>\n</{t}>",
    "half CDATA": "<{t}>{a}<![CDATA[{b}]]></{t}>",
    "comment inside": "<{t}>{a}<!-- x -->{b}</{t}>",
    "character reference": "<{t}>&#{c};{rest}</{t}>",
    "empty, then": "<{t}></{t}><{t}>{v}</{t}>",
    "then empty": "<{t}>{v}</{t}><{t}></{t}>",
    "attribute": '<{t} lang="en">{v}</{t}>',
}
"""Ways to write any element: ``t`` its tag, ``v`` its text, ``a`` and ``b`` its halves."""

TWICE = "<{t}>{v}</{t}><{t}>{w}</{t}>"
"""For elements that may be repeated: which of two titles is right is nobody's to say."""

TEXTS = {
    "inline tags": "The &lt;i&gt;Ferry&lt;/i&gt;, at &lt;b&gt;last&lt;/b&gt;",
    "inline tags in CDATA": "<![CDATA[The <i>Ferry</i>, at <b>last</b>]]>",
    "blocks": "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;br/&gt;three&lt;/p&gt;",
    "naked tags": "The <i>Ferry</i>, at <b>last</b>",
    "script": "&lt;script&gt;x(1)&lt;/script&gt;Ferry&lt;style&gt;p{{}}&lt;/style&gt;",
    "HTML comment": "Ferry&lt;!-- ad &gt; here --&gt; again",
    "HTML entity": "Caf&eacute;&nbsp;Gr&ouml;&szlig;e",
    "escaped entity": "Caf&amp;eacute; &amp;amp; bar",
    "escaped twice": "Fish &amp;amp;amp; chips",
    "bare ampersand": "Fish & chips",
    "Windows quotes": "The &#147;Ferry&#148; &#151; it&#146;s late",
    "emoji": "Ferry &#x1F6A2; ⛴",
    "line breaks": "The\n ferry\r\n\tis late",
    "less-than sign": "Price &lt; 5",
    "escaped less-than sign": "Price &amp;lt; 5",
}
"""Texts for titles, summaries and contents, as they are in XML."""

CONSTRUCTS = {
    "type text": '<{t} type="text">Fish &amp; &lt;b&gt;chips&lt;/b&gt;</{t}>',
    "type html": '<{t} type="html">Fish &amp;amp; &lt;b&gt;chips&lt;/b&gt;</{t}>',
    "type text/html": '<{t} type="text/html">Fish &amp;amp; &lt;b&gt;chips&lt;/b&gt;</{t}>',
    "type xhtml": '<{t} type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Fish &amp;'
    " <b>chips</b></div></{t}>",
    "type xhtml, prefixed": '<{t} type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml">Fish'
    " <x:b>chips</x:b></x:div></{t}>",
}
"""Atom's text constructs."""

ATOM_LINKS = {
    "no relation": '<link href="{v}"/>',
    "empty relation": '<link rel="" href="{v}"/>',
    "capital relation": '<link rel="Alternate" href="{v}"/>',
    "long relation": '<link rel="http://www.iana.org/assignments/relation/alternate" href="{v}"/>',
    "self first": '<link rel="self" href="{w}"/><link rel="alternate" href="{v}"/>',
    "self last": '<link rel="alternate" href="{v}"/><link rel="self" href="{w}"/>',
    "self alone": '<link rel="self" href="{w}"/>',
    "enclosure first": '<link rel="enclosure" href="{w}"/><link rel="alternate" href="{v}"/>',
    "empty address": '<link rel="alternate" href=""/>',
    "empty address, then": '<link href=""/><link href="{v}"/>',
    "absent": "",
    "as text": "<link>{v}</link>",
}

EXTRAS = {
    "title": ("<dc:title>{w}</dc:title>", "<media:title>{w}</media:title>"),
    "author": ("<dc:creator>{w}</dc:creator>", "<itunes:author>{w}</itunes:author>"),
    "published": ("<dc:date>{iso}</dc:date>", "<dcterms:issued>{iso}</dcterms:issued>"),
    "summary": ("<dc:description>{w}</dc:description>", "<itunes:summary>{w}</itunes:summary>"),
}
"""Elements of other vocabularies, as fallback for an empty one or beside a full one."""

AUTHORS = {
    "mail (name)": "ines@news.example (Ines Brandt)",
    "mail (name), long domain": "ines@news.photography (Ines Brandt)",
    "name (mail)": "Ines Brandt (ines@news.example)",
    "name <mail>": "Ines Brandt &lt;ines@news.example&gt;",
    "mail": "ines@news.example",
}

GUIDS = {
    "no permalink": '<guid isPermaLink="false">17</guid>',
    "no permalink, address": '<guid isPermaLink="false">{v}</guid>',
    "permalink": '<guid isPermaLink="true">{v}</guid>',
    "capital permalink": '<guid isPermaLink="True">{v}</guid>',
    "text": "<guid>17</guid>",
}

DATES = {
    "one digit": "Mon, 2 Nov 2026 9:05:00 GMT",
    "no weekday": "23 Nov 2026 10:00:00 GMT",
    "no seconds": "Mon, 23 Nov 2026 10:00 GMT",
    "named zone": "Mon, 23 Nov 2026 10:00:00 EST",
    "offset": "Mon, 23 Nov 2026 10:00:00 +0100",
    "two-digit year": "Mon, 23 Nov 26 10:00:00 GMT",
    "wrong weekday": "Fri, 23 Nov 2026 10:00:00 GMT",
    "full month": "Mon, 23 November 2026 10:00:00 GMT",
    "ISO": "2026-11-23T10:00:00Z",
    "ISO, offset": "2026-11-23T10:00:00+01:00",
    "ISO, fraction": "2026-11-23T10:00:00.123Z",
    "ISO, day": "2026-11-23",
    "ISO, blank": "2026-11-23 10:00:00",
    "unreadable": "yesterday",
    "impossible": "Mon, 31 Nov 2026 10:00:00 GMT",
}

DOCUMENTS = {
    "no declaration": "{doc}",
    "declaration": '<?xml version="1.0" encoding="utf-8"?>{doc}',
    "space first": '\n\n  <?xml version="1.0"?>{doc}',
    "byte order mark": '\ufeff<?xml version="1.0"?>{doc}',
    "comment first": "<!-- made by hand --><!-- <html> -->{doc}",
    "style sheet": '<?xml version="1.0"?><?xml-stylesheet href="f.xsl" type="text/xsl"?>{doc}',
    "DOCTYPE": '<!DOCTYPE rss SYSTEM "http://my.netscape.com/publish/formats/rss-0.91.dtd">{doc}',
    "trailing text": "{doc}\n<!-- served in 3 ms --> done",
}

TEXT_OF = {
    "cp1252": "Après l’été, Besançon rouvre son marché où l’on vend des pêches",
    "iso-8859-1": "El alcalde de Logroño inauguró ayer un jardín, según él",
    "iso-8859-2": "Rząd przyjął ustawę o budżecie, w Łodzi otwarto dworzec",
    "cp1250": "Česká vláda schválila rozpočet, příští rok přibudou peníze na školy",
    "cp1251": "Правительство одобрило бюджет на следующий год",
    "koi8-r": "Правительство одобрило бюджет на следующий год",
    "cp1253": "Η κυβέρνηση ενέκρινε τον προϋπολογισμό",
    "shift_jis": "東京で新しい駅が開業した。政府は予算案を承認した。",
    "euc-jp": "東京で新しい駅が開業した。政府は予算案を承認した。",
    "gbk": "北京新车站今天开通,政府批准了预算案。",
    "big5": "臺北新車站今天啟用,政府批准了預算案。",
    "euc-kr": "서울에서 새로운 역이 문을 열었다.",
    "utf-8": "Größe – 東京 – Москва",
    "utf-16": "Größe – 東京 – Москва",
}
