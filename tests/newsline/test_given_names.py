from newsline.given_names import is_given_name


def test_given_names_are_known_in_any_case() -> None:
    assert is_given_name("Moses")
    assert is_given_name("MOSES")
    assert not is_given_name("Senator")
