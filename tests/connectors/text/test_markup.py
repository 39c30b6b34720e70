"""HTML strings of feeds and pages to the text that a reader sees."""

from __future__ import annotations

import pytest

from connectors.text.clean import strip_markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<em>Nora</em>, the tug", "Nora, the tug"),
        ('<span class="first">W</span>hen <a href="/b">boats</a>. (<b>So</b>)', "When boats. (So)"),
        ("NO<sub>x</sub> and m<sup>2</sup>", "NOx and m2"),
        ("Donau<wbr>dampf<wbr/>schiff", "Donaudampfschiff"),
        ("super<o:p></o:p>market <font color=red>re</font>opens", "supermarket reopens"),
    ],
)
def test_an_inline_tag_parts_no_words(markup: str, text: str):
    assert strip_markup(markup) == text


@pytest.mark.parametrize(
    "between",
    [
        "<br>",
        "<br/>",
        "</p><p>",
        "<li>",
        "</td><td>",
        "<hr class='x' />",
        '<img src="a>b">',
        "<H2>",
    ],
)
def test_a_tag_of_a_block_parts_words(between: str):
    assert strip_markup(f"Ferries{between}trains") == "Ferries trains"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>if (a < b) { c('</p>') }</script>",
        '<SCRIPT type="text/javascript">\n<!--\nx()\n//-->\n</SCRIPT >',
        "<style>p > a {color: red}</style>",
        "<!-- ad > here <p>not text</p> -->",
        "<!--[if mso]><xml><w:Zoom>0</w:Zoom></xml><![endif]-->",
        "<xml><w:View>Normal</w:View></xml>",
        "<noscript><img src=x>Turn on JavaScript</noscript>",
        "<template><p>Later</p></template>",
        "<iframe src=x>No frames</iframe>",
        "<svg><title>A map</title><text>North</text></svg>",
        "<video>Your browser is old</video>",
        "<!-->",
        "<?php echo 1 ?>",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(hidden: str):
    assert strip_markup(f"The bridge{hidden} opens") == "The bridge opens"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Open<script>track()", "Open"),
        ("Open<style>p {", "Open"),
        ("Open<!-- to the end", "Open"),
        ("Open<noscript> to the <b>end", "Open to the end"),
        ("Open<noscript> to <noscript>the end", "Open to the end"),
        ("5 < 6 <b", "5 < 6 <b"),
        ("<p it's>so it's</p>", "so it's"),
        ("<![CDATA[<p>Twice</p>]]>", "Twice"),
        ("<ruby>橋<rp>(</rp><rt>はし</rt><rp>)</rp></ruby>を渡る", "橋を渡る"),
    ],
)
def test_careless_markup_loses_no_text(markup: str, text: str):
    assert strip_markup(markup) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("Fish &amp;amp;amp; chips&amp;nbsp;&amp;#8217;s", "Fish & chips ’s"),
        ("&lt;p&gt;Fish &amp;amp; chips&lt;/p&gt;", "Fish & chips"),
        ("One&lt;br /&gt;two", "One two"),
        ("&lt;script&gt;x()&lt;/script&gt;Fish", "Fish"),
        ("The &lt;title&gt; of a page", "The <title> of a page"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("R&D; AT&T", "R&D; AT&T"),
    ],
)
def test_what_was_escaped_twice_is_decoded_twice(written: str, text: str):
    assert strip_markup(written) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<script",
        "<noscript>",
        '<a "',
        "<a ='",
        '="',
        "<!--",
        "<b>&lt;",
        "&lt;b&gt;",
        "</x",
        "<![CDATA[",
    ],
)
def test_hostile_markup_takes_linear_time(piece: str):
    assert len(strip_markup(piece * 50_000)) <= len(piece) * 50_000
