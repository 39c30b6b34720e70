import pytest

from pipeline.flink.subtask_keys import subtask_keys, subtask_of

# KeyGroupRangeAssignment of Flink 1.19.3 itself, for 0, 13, 26 … 299 as Beam's varints.
FLINKS = {
    2: "100001010010100010101110",
    3: "220122022111021021202200",
    4: "320001012212322232323110",
    7: "423324620642533345351521",
}


@pytest.mark.parametrize("parallelism", FLINKS)
def test_we_know_where_flink_puts_a_number(parallelism):
    ours = [subtask_of(number, parallelism) for number in range(0, 300, 13)]
    assert "".join(map(str, ours)) == FLINKS[parallelism]


@pytest.mark.parametrize("parallelism", [1, 2, 3, 4, 8, 128])
def test_each_worker_gets_exactly_one_share(parallelism):
    numbers = subtask_keys(parallelism)
    assert [number % parallelism for number in numbers] == list(range(parallelism))
    assert [subtask_of(number, parallelism) for number in numbers] == list(range(parallelism))
