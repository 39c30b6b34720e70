import inspect

from apache_beam.runners.portability.fn_api_runner import fn_runner

from pipeline.beam import runners


def test_beam_still_chains_a_lazy_generator_at_each_bundle():
    """If this fails, Beam has fixed its leak: remove the patch in runners.py, and this test."""
    assert inspect.isgenerator(runners._consolidate([])) or not isinstance(
        runners._consolidate([]), list
    )


def test_our_change_is_in_force_where_beam_looks_the_function_up():
    assert isinstance(fn_runner.consolidate_monitoring_infos([]), list)
    assert "consolidate_monitoring_infos(" in inspect.getsource(fn_runner.FnApiRunner.run_stages)
