import pytest

from connectors.byline import people


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("By Ana Díaz and Li Wei", ("Ana Díaz", "Li Wei")),
        ("BY ANA DÍAZ, LI WEI & Tom O'Neill", ("ANA DÍAZ", "LI WEI", "Tom O'Neill")),
        ("Von Kerstin Wiebe", ("Kerstin Wiebe",)),
        ("ana@news.example (Ana Díaz)", ("Ana Díaz",)),
        ("<b>Ana</b> D&iacute;az", ("Ana Díaz",)),
        ("Ana Díaz | The Example Courier", ("Ana Díaz",)),
        ("Byron Andrews", ("Byron Andrews",)),
        ("Prince", ("Prince",)),
        ("The Example Courier", ()),
        ("Example Courier staff", ()),
        ("ExampleCourier", ()),
        ("Share on Facebook", ()),
        ("Reuters, AFP", ()),
        ("The Wall Street Journal", ()),
        ("https://news.example/by/ana-diaz", ()),
        ("ana@news.example", ()),
        ("jdadmin", ()),
        ("PTI", ()),
        ("By", ()),
        ("", ()),
        (" ,;| ", ()),
    ],
)
def test_people_are_found_and_others_are_not(written: str, names: tuple[str, ...]):
    assert people([written], "The Example Courier") == names


def test_a_name_counts_once_however_it_is_written():
    assert people(["Ana Díaz", "ANA DÍAZ", "By Ana  Díaz"]) == ("Ana Díaz",)


def test_there_are_at_most_as_many_as_a_record_holds():
    assert len(people([f"Ana {chr(0x61 + n)}x" for n in range(26)])) == 20


def test_a_whole_page_for_an_author_is_nobody():
    assert people(["word " * 100_000]) == ()
