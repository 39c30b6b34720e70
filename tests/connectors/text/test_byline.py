import pytest

from connectors.text.byline import people


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
        ("Smith, John", ("John Smith",)),
        ("Smith, John; Doe, Jane M.", ("John Smith", "Jane M Doe")),
        ("王小明、李伟", ("王小明", "李伟")),
        ("王小明, 李伟", ("王小明", "李伟")),
        ("Ana Díaz y Luis Pérez", ("Ana Díaz", "Luis Pérez")),
        ("Santiago Ramón y Cajal, Li Wei", ("Santiago Ramón y Cajal", "Li Wei")),
        ("Martin Luther King, Jr.", ("Martin Luther King Jr.",)),
        ("Sammy Davis Jr and John Smith, III", ("Sammy Davis Jr.", "John Smith III")),
        ("Dr. Jane Doe, M.D., PhD", ("Dr. Jane Doe",)),
        ("Ana Díaz, Berlin", ("Ana Díaz",)),
        ("By Ana Díaz in Berlin and Li Wei in Washington, D.C.", ("Ana Díaz", "Li Wei")),
        ("Sophie in 't Veld", ("Sophie in 't Veld",)),
        ("Ana Díaz (ana@news.example)", ("Ana Díaz",)),
        ("Ana Díaz (Reuters)", ("Ana Díaz",)),
        ("Von Hans von Neumann", ("Hans von Neumann",)),
        ("von Neumann", ("von Neumann",)),
        ("Von der Leyen", ("Von der Leyen",)),
        ("Di Stefano", ("Di Stefano",)),
        ("Par Andersson", ("Par Andersson",)),
        ("Par Jean Dupont et Marie Curie", ("Jean Dupont", "Marie Curie")),
        ("Emily Post, Peter Guest", ("Emily Post", "Peter Guest")),
        ("Tom Staff and Sharon Press", ("Tom Staff", "Sharon Press")),
        ("Washington Post, Associated Press, Guest Post, Wire Staff, AP Staff", ()),
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


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Fire & Fury", ("Fire & Fury",)),
        ("Santiago Ramón y Cajal", ("Santiago Ramón y Cajal",)),
        ("By Ana Díaz, Berlin", ("Ana Díaz",)),
        ("Ana Díaz and Li Wei", ("Ana Díaz", "Li Wei")),
        ("王小明、李伟", ("王小明", "李伟")),
        ("Ana Díaz | Reuters", ("Ana Díaz",)),
        ("Prince", ("Prince",)),
        ("Reuters", ()),
    ],
)
def test_what_is_said_to_be_one_name_is_several_only_where_it_plainly_is(
    written: str, names: tuple[str, ...]
):
    assert people([written], "The Example Courier", one_each=True) == names


def test_a_site_s_short_name_may_stand_within_a_person_s():
    assert people(["Jane Doe", "Sol Perez", "Ana Sol"], "J") == ("Jane Doe", "Sol Perez", "Ana Sol")
    assert people(["Solange Perez", "Sol Newsletter", "Sol"], "Sol") == ("Solange Perez",)


def test_a_name_counts_once_however_it_is_written():
    assert people(["Ana Díaz", "ANA DÍAZ", "By Ana  Díaz"]) == ("Ana Díaz",)


def test_there_are_at_most_as_many_as_a_record_holds():
    assert len(people([f"Ana {chr(0x61 + n)}x" for n in range(26)])) == 20


def test_a_whole_page_for_an_author_is_nobody():
    assert people(["word " * 100_000]) == ()
