from newsline.service import counters
from newsline.service.counters import Flow

QUIET = Flow({}, {}, {}, {}, {}, {}, {})


def test_the_steps_follow_an_article_from_feed_to_enriched_record():
    names = [step.name for step in counters.steps(QUIET)]
    assert names[0] == "feeds polled"
    assert names[-2:] == ["on news.enriched", "dead letters"]


def test_a_step_lists_what_it_is_made_up_of_largest_first_and_leaves_out_what_never_happened():
    entries = {"duplicate": 2.0, "published": 9.0, "no_text": 0.0}
    step = counters.steps(QUIET._replace(entries=entries))[1]
    assert (step.value, list(step.parts)) == (11, ["published", "duplicate"])
