import apache_beam as beam
from apache_beam.coders import registry
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from pipeline.beam.coder import Fused, emits
from pipeline.beam.enrichment import EnrichedBatch
from pipeline.beam.source import Round


class Unpicklable:
    def __reduce__(self) -> str:
        raise AssertionError("it was pickled")


@emits(Unpicklable)
class Emit(beam.DoFn):
    def process(self, _):
        yield Unpicklable()


class Take(beam.DoFn):
    def process(self, element):
        assert isinstance(element, Unpicklable)


def test_what_stays_in_the_process_is_not_pickled_to_learn_its_size():
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        _ = (
            pipeline
            | beam.Create([None], reshuffle=False)
            | beam.ParDo(Emit())
            | beam.ParDo(Take())
        )


def test_the_jobs_elements_are_such_and_can_be_pickled_all_the_same():
    assert {type(registry.get_coder(kind)) for kind in (Round, EnrichedBatch)} == {Fused}
    assert Fused().decode(Fused().encode(Round([]))) == Round([])
