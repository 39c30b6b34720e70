from __future__ import annotations

from typing import Any

from tools.data.gazetteer import places

COUNTRIES = {
    "UA": {"name": "Ukraine", "capital": "Kyiv"},
    "AU": {"name": "Australia", "capital": "Canberra"},
    "TD": {"name": "Chad", "capital": "N'Djamena"},
}


def city(name: str, country: str, population: int, *others: str) -> dict[str, Any]:
    return {
        "name": name,
        "countrycode": country,
        "population": population,
        "alternatenames": list(others),
    }


def test_countries_are_places() -> None:
    assert places(COUNTRIES, []).keys() == {"Ukraine", "Australia"}


def test_a_name_that_is_often_a_persons_or_a_word_is_left_out() -> None:
    assert "Chad" not in places(COUNTRIES, [])
    assert "Florence" not in places({}, [city("Florence", "IT", 400_000)])


def test_a_large_city_is_a_place_and_a_smaller_one_is_not() -> None:
    found = places({}, [city("Odesa", "UA", 300_000), city("Uman", "UA", 299_999)])
    assert found == {"Odesa": []}


def test_a_city_of_an_english_speaking_country_is_a_place_only_if_it_is_the_capital() -> None:
    found = places(COUNTRIES, [city("Perth", "AU", 2_000_000), city("Canberra", "AU", 400_000)])
    assert "Canberra" in found
    assert "Perth" not in found


def test_a_capital_is_a_place_at_any_size() -> None:
    assert "Kyiv" in places(COUNTRIES, [city("Kyiv", "UA", 1_000)])


def test_a_name_of_three_letters_is_left_out() -> None:
    assert places({}, [city("Ibb", "YE", 500_000)]) == {}


def test_a_spelling_close_to_the_name_is_kept_and_one_far_from_it_is_not() -> None:
    others = ("Kiev", "Kyjiv", "KBP", "Київ", "Kiou", "Lyiv", "kyiv")
    assert places(COUNTRIES, [city("Kyiv", "UA", 3_000_000, *others)])["Kyiv"] == ["Kiev", "Kyjiv"]


def test_a_spelling_that_is_ambiguous_is_left_out() -> None:
    found = places(
        {}, [city("Orël City", "RU", 310_000), city("Zaragosa", "ES", 600_000, "Zaragoza")]
    )
    assert found["Zaragosa"] == []


def test_cities_of_one_name_share_their_spellings() -> None:
    cities = [
        city("Haiphong", "VN", 900_000, "Hai Phong"),
        city("Haiphong", "XX", 400_000, "Haiphon"),
    ]
    assert places({}, cities) == {"Haiphong": ["Hai Phong", "Haiphon"]}


def test_names_are_in_alphabetical_order() -> None:
    found = places({}, [city("Odesa", "UA", 900_000), city("Dnipro", "UA", 950_000)])
    assert list(found) == ["Dnipro", "Odesa"]
