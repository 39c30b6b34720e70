from newsline import lineage
from newsline.records import Header
from tests.support.example_dead_letters import dead_letter


def test_a_replay_has_the_original_s_headers_and_its_lineage():
    letter = dead_letter(1, attempts=2, headers=(Header("traceparent", b"00-1"),))
    headers = lineage.headers(letter, "0:17")
    assert lineage.without(headers) == (("traceparent", b"00-1"),)
    found = lineage.read(headers)
    assert (found.replay_of, found.attempts) == ("0:17", 2)
    assert found.first_failed_at == letter.failed_at


def test_the_first_failure_is_kept_through_later_ones():
    first = dead_letter(1).failed_at
    later = dead_letter(1, first_failed_at=first, replay_of="0:1")
    assert lineage.read(lineage.headers(later, "0:17")).first_failed_at == first


def test_a_header_of_another_program_is_no_lineage():
    strange = (b"", b"\xff", b"[]", b'{"replay_of":"x"}', b'{"replay_of":"1:2","attempts":0}')
    assert [lineage.read(((lineage.HEADER, value),)) for value in strange] == [None] * 5
    assert lineage.read(()) is None
