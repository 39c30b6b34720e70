import pytest

from connectors.extract.titles import best_title


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        (("", "Bridge closed", "Bridge closed | The Courier"), "Bridge closed"),
        (("Short", "For sharing", "For sharing - Courier"), "For sharing"),
        (("Bridge clo…", "", "Bridge closed"), "Bridge closed"),
        (("Bridge clo...",), "Bridge clo..."),
        (("", "", "The Courier: Bridge closed"), "Bridge closed"),
        (
            ("", "", "Bridge closed - Europe - World | The Courier"),
            "Bridge closed - Europe - World",
        ),
        (("Minister: bridge closed",), "Minister: bridge closed"),
        (("<b>5 < 6</b> &amp; more",), "5 < 6 & more"),
        (("", ""), ""),
    ],
)
def test_a_declared_title_is_what_most_agree_on_without_the_site(
    declared: tuple[str, ...], title: str
):
    assert best_title(declared, "The Courier") == title


@pytest.mark.parametrize(
    ("declared", "headings"),
    [
        (("", "Old bridge closed: what we know", ""), ["Old bridge over Ume closed"]),
        (
            ("", "", "Old bridge over Ume closed | Northport Post"),
            ["Old bridge over Ume closed"],
        ),
        (("", "", "Old bridge over Ume closed"), ["Northport desk"]),
        (
            ("", "", "Old bridge over Ume closed"),
            ["Home", "Old bridge over Ume closed", "42"],
        ),
        (("", "", "Old bridge over Ume closed"), ["OLD BRIDGE OVER UME CLOSED"]),
        (("", "", "Old bridge over Ume closed"), ["Old bridgeover Ume closed"]),
        (("", "", "Old bridge over Ume closed"), ["News: Old bridge over Ume closed"]),
        (("", "", "Old bridge over Ume closed"), ["The old bridge over Ume clo…"]),
        (("", "", "Old bridge over Ume closed"), ["Bridge news"]),
        (("", "", "Old bridge over Ume closed - Northport Post"), ["Northport Post"]),
        (
            ("", "Old bridge over Ume closed", "Old bridge over Ume closed | World"),
            ["World"],
        ),
        (("", "", ""), ["Old bridge over Ume closed"]),
    ],
)
def test_a_heading_is_the_title_if_a_declared_title_confirms_it(
    declared: tuple[str, ...], headings: list[str]
):
    assert best_title(declared, "", headings) == "Old bridge over Ume closed"


@pytest.mark.parametrize(
    ("declared", "headings"),
    [
        (("", "", "旧大桥因洪水关闭 - 北港晚报"), ["旧大桥因洪水关闭"]),
        (("", "", "旧大桥因洪水关闭"), ["国际"]),
        (("", "旧大桥因洪水关闭", "旧大桥因洪水关闭"), ["北港晚报"]),
        (("", "", "旧大桥因洪水关闭-北港晚报"), ["北港晚报"]),
        (("", "", "旧大桥因洪水关闭_北港晚报"), ["北港晚报"]),
        (("", "", "旧大桥因洪水关闭｜北港晚报"), ["北港晚报"]),
    ],
)
def test_headings_in_scripts_without_spaces_are_compared_too(
    declared: tuple[str, ...], headings: list[str]
):
    assert best_title(declared, "", headings) == "旧大桥因洪水关闭"


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Bridge closed | Northport Post", "Bridge closed"),
        ("Bridge closed - northportpost.example", "Bridge closed"),
        ("Bridge closed – Northport Post & Mail", "Bridge closed"),
        ("Bridge closed - for ever", "Bridge closed - for ever"),
        ("Tea | Coffee | Milk", "Tea | Coffee | Milk"),
        ("Report: Northport Post", "Report: Northport Post"),
    ],
)
def test_a_site_s_name_is_cut_where_only_the_host_confirms_it(declared: str, title: str):
    assert best_title([declared], "", host="www.northportpost.example") == title


@pytest.mark.parametrize(
    "declared",
    [
        ["Northport Post", "Old bridge closed - Northport Post"],
        ["Old bridge closed | Harbour | Northport Post"],
        ["Northport Post | Old bridge closed"],
        ["Old bridge closed | Harbour | Post of Northport"],
    ],
)
def test_a_site_and_its_section_are_no_title(declared: list[str]):
    found = best_title(declared, "", ["Harbour", "Northport Post"], "northport-post.example")
    assert found == "Old bridge closed"


@pytest.mark.parametrize("mark", [" ‹ ", " :: ", " >> ", " _ ", " ~ ", "｜", " ― "])
def test_sites_put_many_marks_before_their_name(mark: str):
    host = "northportpost.example"
    assert best_title([f"Bridge closed{mark}Northport Post"], "", host=host) == "Bridge closed"


def test_a_long_heading_is_the_title_if_only_the_site_is_declared():
    headings = ["Harbour", "Old bridge over Ume closed"]
    assert best_title(["Northport Post"], "Northport Post", headings) == headings[1]
    assert best_title(["Northport Post"], "Northport Post", headings[:1]) == "Northport Post"


def test_a_heading_may_hold_a_tag_s_name():
    assert best_title(["Why &lt;br&gt; lives on"], "", ["Why <br> lives on"]) == "Why <br> lives on"
