import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feedlist.edit import as_opml, with_feeds
from connectors.feedlist.feed_list import Feed, FeedListError, normalised_url, parse_feed_list
from connectors.text.clean import clean_line

NEW = [
    Feed("https://n.example/1", 90, "One", "World"),
    Feed("https://n.example/2", None, "", "World / Asia"),
    Feed("https://n.example/3"),
]
TOML = b"""# ours
[[feed]]
url = "https://a.example/rss"
"""
OPML = b"""<opml version="2.0"><!-- ours --><head><title>Ours</title></head><body>
<outline text="World"><outline text="Asia"><outline xmlUrl="https://a.example/rss"/></outline>
</outline></body></opml>
"""
WORDS = st.text(max_size=9).map(clean_line)
FEEDS = st.builds(
    Feed,
    st.text(max_size=9).map(lambda path: normalised_url(f"https://a.example/{path}", "here")),
    st.none() | st.floats(1.0, 86_400.0) | st.integers(1, 86_400),
    WORDS,
    WORDS,
    allow=st.just(()),
    login_file=st.just(""),
)


@pytest.mark.parametrize(
    ("name", "content"),
    [("f.toml", TOML), ("f.toml", b"\xef\xbb\xbf" + TOML), ("f.opml", OPML), ("f.opml", b"")],
)
def test_feeds_are_added_with_all_that_is_said_of_them(name, content):
    before = parse_feed_list(name, content)
    after = parse_feed_list(name, with_feeds(name, content, NEW))
    assert sorted(after, key=repr) == sorted([*before, *NEW], key=repr)


def test_what_is_in_an_opml_list_stays_and_its_folders_take_what_is_added():
    written = with_feeds("f.opml", OPML, NEW).decode()
    assert "<!-- ours --><head><title>Ours</title></head>" in written
    assert written.count('<outline text="World">') == written.count('<outline text="Asia">') == 1


@pytest.mark.parametrize(
    "content", [b"feed = []\n", b'feed = [ {url="https://a.example/x"} ]\n', b"[other]"]
)
def test_a_list_whose_form_leaves_no_room_is_told_in_one_line(content):
    with pytest.raises(FeedListError, match=r"f\.toml: cannot add a feed") as error:
        with_feeds("f.toml", content, NEW)
    assert "\n" not in str(error.value)


@given(st.lists(FEEDS), st.sampled_from([("f.toml", TOML), ("f.opml", OPML), ("f.opml", b"")]))
def test_what_is_written_reads_as_the_feeds_that_were_given(feeds, written):
    name, content = written
    assert with_feeds(name, content, feeds)
    assert sorted(parse_feed_list(name, as_opml(feeds)), key=repr) == sorted(feeds, key=repr)


def test_exceptions_and_logins_are_written_to_toml_and_never_exported():
    feed = Feed("https://a.example/feed", allow=("10.0.0.1:8000/news",), login_file="a.login")
    assert parse_feed_list("f.toml", with_feeds("f.toml", b"", [feed])) == [feed]
    assert b"10.0.0.1" not in as_opml([feed])
    assert b"a.login" not in as_opml([feed])


def test_a_login_in_a_url_is_exported_once():
    written = as_opml([Feed("https://me:secret@a.example/feed")])
    assert written.count(b"secret") == 1
    assert b'text="https://a.example/feed"' in written
