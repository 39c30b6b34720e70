import zipfile

import pytest

from newsline.errors import OperatorError
from pipeline.flink.rest import FlinkError, FlinkRest
from pipeline.flink.submit import FLINK_OPTIONS, parallelism_for, with_defaults

OPTIONS_CLASS = "org/apache/beam/runners/flink/FlinkPipelineOptions.class"


class Slots(FlinkRest):
    """A cluster with this many slots and free slots."""

    def __init__(self, total: int, free: int) -> None:
        super().__init__("flink:8081")
        self._slots = total, free

    def slots(self) -> tuple[int, int]:
        return self._slots


def test_our_defaults_hold_unless_a_flag_says_otherwise():
    flags = with_defaults(["--max_bundle_size=7", "--experiments=one", "--experiments=two"])
    assert "--finish_bundle_before_checkpointing" in flags
    assert [flag for flag in flags if "max_bundle_size" in flag] == ["--max_bundle_size=7"]
    assert flags[-2:] == ["--experiments=one", "--experiments=two"]


@pytest.mark.parametrize(
    ("flag", "complaint"),
    [
        ("--max_bundle_sise=7", "--max_bundle_sise is not an option .* is --max_bundle_size meant"),
        ("--flink_master=other:8081", "--flink_master is set by newsline itself"),
        ("--nonsense", "--nonsense is not an option of newsline or Beam"),
    ],
)
def test_a_flag_that_beam_would_ignore_is_refused(flag, complaint):
    with pytest.raises(OperatorError, match=complaint):
        with_defaults([flag])


def test_beams_flink_runner_has_each_option_that_we_pass_to_it(job_server):
    with zipfile.ZipFile(job_server) as jar:
        options = jar.read(OPTIONS_CLASS)
    for name in FLINK_OPTIONS:
        words = "".join(word[0].upper() + word[1:] for word in name.split("_"))
        assert f"set{words}".encode() in options, name


@pytest.mark.parametrize(
    ("total", "free", "wanted", "expected"), [(8, 8, 0, 4), (2, 2, 0, 2), (8, 3, 3, 3)]
)
def test_the_job_is_as_wide_as_it_has_partitions_and_slots(total, free, wanted, expected):
    assert parallelism_for(Slots(total, free), 4, wanted) == expected


@pytest.mark.parametrize(("free", "wanted"), [(0, 0), (2, 3)])
def test_where_slots_are_wanting_it_is_said_how_many(free, wanted):
    with pytest.raises(FlinkError, match=f"{free} free slots of 8, and the job needs"):
        parallelism_for(Slots(8, free), 4, wanted)
