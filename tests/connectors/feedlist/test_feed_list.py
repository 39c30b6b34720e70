import pytest

from connectors.feedlist import feed_list
from connectors.feedlist.feed_list import Feed, FeedListError, load_feed_list


def listed(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return load_feed_list(str(path))


def test_a_toml_list_gives_its_feeds_in_order(tmp_path):
    first = '[[feed]]\nurl = "https://b.example/rss"\n'
    text = first + '[[feed]]\nurl = "http://a.example/"\ninterval = 60\n'
    assert listed(tmp_path, "feeds.toml", text).feeds == (
        Feed("https://b.example/rss"),
        Feed("http://a.example/", 60),
    )


def test_an_opml_list_gives_every_outline_with_a_feed(tmp_path):
    text = """<?xml version="1.0"?><opml version="2.0"><body>
    <outline text="World"><outline type="rss" xmlUrl="https://a.example/rss"/></outline>
    <outline text="no feed"/><outline xmlUrl=" https://b.example/atom "/></body></opml>"""
    feeds = listed(tmp_path, "feeds.opml", text).feeds
    assert [feed.url for feed in feeds] == ["https://a.example/rss", "https://b.example/atom"]


def test_a_feed_may_have_a_title_and_a_folder(tmp_path):
    text = '[[feed]]\nurl = "https://b.example/rss"\ntitle = "B"\nfolder = "World"\n'
    (feed,) = listed(tmp_path, "feeds.toml", text).feeds
    assert feed == Feed("https://b.example/rss", title="B", folder="World")


@pytest.mark.parametrize("interval", ["1", "0.5e1", "86400"])
def test_an_interval_is_a_second_at_least_and_a_day_at_most(tmp_path, interval):
    text = f'[[feed]]\nurl = "https://b.example/rss"\ninterval = {interval}\n'
    (feed,) = listed(tmp_path, "feeds.toml", text).feeds
    assert feed.interval == float(interval)


def test_titles_and_folders_have_no_characters_that_cannot_be_seen(tmp_path):
    text = r"""[[feed]]
    url = "https://b.example/rss"
    title = "a\u0001b\u007f\nc"
    folder = "The\tWorld" """
    (feed,) = listed(tmp_path, "feeds.toml", text).feeds
    assert (feed.title, feed.folder) == ("ab c", "The World")


def test_a_list_may_begin_with_a_byte_order_mark(tmp_path):
    text = '\ufeff[[feed]]\nurl = "https://b.example/rss"\n'
    assert listed(tmp_path, "feeds.toml", text).feeds == (Feed("https://b.example/rss"),)


def test_an_outline_may_have_its_names_in_lower_case_and_an_interval_of_ours(tmp_path):
    text = """<opml xmlns:n="urn:newsline:opml"><body>
    <outline xmlurl="https://a.example/rss" n:interval="60"/></body></opml>"""
    assert listed(tmp_path, "feeds.opml", text).feeds == (Feed("https://a.example/rss", 60),)


def test_an_outline_has_its_title_and_those_round_it_are_its_folder(tmp_path):
    text = """<opml version="2.0"><body><outline text="News"><outline text="World">
    <outline text="a" title="A" xmlUrl="https://a.example/rss"/></outline></outline></body></opml>"""
    (feed,) = listed(tmp_path, "feeds.opml", text).feeds
    assert (feed.title, feed.folder) == ("A", "News / World")


def test_a_url_is_a_list_of_one():
    assert load_feed_list("https://a.example/rss").feeds == (Feed("https://a.example/rss"),)


def test_a_url_is_written_in_ascii_as_requests_and_records_have_it():
    assert load_feed_list("https://a.example/größe rss").feeds == (
        Feed("https://a.example/gr%C3%B6%C3%9Fe%20rss"),
    )


@pytest.mark.parametrize(
    "url", ["https://A.example/x", "HTTPS://a.example:443/x#f", "https://a.example:/x"]
)
def test_a_url_has_no_capitals_in_its_host_no_default_port_and_no_fragment(url):
    assert load_feed_list(url).feeds == (Feed("https://a.example/x"),)


@pytest.mark.parametrize("url", ["http://a.example:443/", "https://a.example:80/X?b=C"])
def test_what_tells_two_urls_apart_is_kept(url):
    assert load_feed_list(url).feeds == (Feed(url),)


def test_a_feed_listed_twice_is_polled_once_and_named(tmp_path):
    text = '[[feed]]\nurl = "https://a.example/"\n[[feed]]\nurl = "https://a.example/"\n'
    result = listed(tmp_path, "feeds.toml", text)
    assert result.feeds == (Feed("https://a.example/"),)
    assert result.repeated == ("https://a.example/",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("f.toml", "[[feed]\n", r"f\.toml: not TOML: .*line 1"),
        ("f.toml", "", r"f\.toml: no feed in it"),
        ("f.toml", '[feed]\nurl = "https://a.example/"\n', r"f\.toml:1: write \[\[feed\]\]"),
        ("f.toml", '\nfeeds = ["https://a.example/"]\n', r"f\.toml:2: unknown key 'feeds'"),
        (
            "f.toml",
            '[[feed]]\nurl = "gopher://a.example/"\n',
            r"f\.toml:2: 'gopher:.* is not an http",
        ),
        ("f.toml", '[[feed]]\nurl = "https://a.example:x/"\n', r"f\.toml:2: .* is not an http"),
        (
            "f.toml",
            '[[feed]]\nurl = "https://a.example/x"\n[[feed]]\nurl = "https://a.example/"\nz = 1\n',
            r"f\.toml:4: unknown key 'z'",
        ),
        ("f.toml", '[[feed]]\nurl = "https://"\n', r"f\.toml:2: .* is not an http"),
        ("f.toml", "[[feed]]\nname = 'a'\n", r"f\.toml:1: a \[\[feed\]\] without url"),
        (
            "f.toml",
            '[[feed]]\nurl = "https://a.example/"\nevery = 3\n',
            r"f\.toml:2: unknown key 'every'",
        ),
        *(
            (
                "f.toml",
                f'[[feed]]\nurl = "https://a.example/"\ninterval = {interval}\n',
                rf"f\.toml:2: interval is {said}, not a number of seconds from 1 to 86400",
            )
            for interval, said in [
                *(("-1", "-1"), ("0.001", "0.001"), ("86401", "86401"), ("true", "True")),
                *(("inf", "inf"), ("nan", "nan"), ("'60'", "'60'")),
            ]
        ),
        ("f.toml", f"n = {'9' * 5_000}\n", r"f\.toml: not TOML: "),
        ("f.toml", f"feed = {'[' * 5_000}\n", r"f\.toml: not TOML: "),
        (
            "f.toml",
            '[[feed]]\nurl = "https://a.example/"\ntitle = 3\n',
            r"f\.toml:2: title and folder are text",
        ),
        *(
            ("f.toml", f'[[feed]]\nurl = "https://a.example/"\n{line}\n', rf"f\.toml:2: {said}")
            for line, said in [
                ('allow = "10.0.0.1"', "allow is not a list"),
                ("allow = [8000]", "allow is not a list"),
                ('allow = ["http://10.0.0.1/"]', "allow: .* is not HOST"),
                ('allow = ["10.0.0.1:70000"]', "allow: .* a port that does not exist"),
                ("login_file = 3", "login_file is a path"),
            ]
        ),
        (
            "f.toml",
            '[[feed]]\nurl = "https://me:secret@a.example/"\nlogin_file = "a.login"\n',
            r"f\.toml:2: a login in the URL and a login_file",
        ),
        ("f.opml", "<opml><body>\n<outline</body></opml>", r"f\.opml:2: not OPML"),
        (
            "f.opml",
            '<opml xmlns:n="urn:newsline:opml"><body>\n<outline xmlUrl="https://a.example/"'
            ' n:interval="often"/></body></opml>',
            r"f\.opml:2: interval is 'often'",
        ),
        ("f.toml", '[[feed]]\nurl = "http://a b/"\n', r"f\.toml:2: .* is not an http"),
        ("f.opml", "<rss/>", r"f\.opml:1: not OPML: the outermost element is <rss>"),
        (
            "f.opml",
            '<opml><body>\n<outline xmlUrl="file:///etc/passwd"/></body></opml>',
            r"f\.opml:2: 'file:.* is not an http",
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_said_with_its_line(tmp_path, name, text, message):
    with pytest.raises(FeedListError, match=message) as error:
        listed(tmp_path, name, text)
    assert "\n" not in str(error.value)


def test_no_line_is_looked_for_in_a_list_without_a_fault(tmp_path, monkeypatch):
    """Each takes a pass over the text: in a list of 8,000 feeds they took 16 s."""
    monkeypatch.setattr(feed_list, "_at", None)
    text = "".join(f'[[feed]]\nurl = "https://a.example/{n}"\n' for n in range(3))
    assert len(listed(tmp_path, "feeds.toml", text).feeds) == 3


def test_a_missing_file_is_said_in_one_line():
    with pytest.raises(FeedListError, match=r"missing\.toml: No such file"):
        load_feed_list("missing.toml")


def test_an_opml_file_reads_no_other_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("https://secret.example/")
    text = (
        f'<!DOCTYPE opml [<!ENTITY e SYSTEM "file://{secret}">]>'
        '<opml><body><outline text="&e;" xmlUrl="https://a.example/"/></body></opml>'
    )
    with pytest.raises(FeedListError):
        listed(tmp_path, "feeds.opml", text)


LOGIN = '[[feed]]\nurl = "https://a.example/"\nlogin_file = "a.login"\n'


def test_a_login_file_is_looked_for_beside_the_list(tmp_path):
    (tmp_path / "a.login").write_text("me:se:cret\n")
    feeds = listed(tmp_path, "feeds.toml", LOGIN).feeds
    assert feed_list.logins(feeds) == {"https://a.example/": "me:se:cret"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"a\.login: No such file"),
        (b"secret", r"a\.login: not USER:PASSWORD in one line"),
        (b"me:secret\nyou:secret", r"a\.login: not USER:PASSWORD in one line"),
        (b"\xff\xfe:", r"a\.login: not UTF-8"),
    ],
)
def test_a_login_file_without_a_login_is_named_and_what_is_in_it_is_not(tmp_path, content, message):
    if content is not None:
        (tmp_path / "a.login").write_bytes(content)
    feeds = listed(tmp_path, "feeds.toml", LOGIN).feeds
    with pytest.raises(FeedListError, match=message) as error:
        feed_list.logins(feeds)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)
