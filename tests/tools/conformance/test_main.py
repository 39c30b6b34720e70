"""Disagreements with the peer: found, and explained by a rule or not."""

from __future__ import annotations

from tools.conformance.__main__ import Disagreement, disagreements, explains

ONE = Disagreement("RSS 2.0/link=empty", "link", "https://a.example/1", "")
RULE = {"feeds": ".*/link=.*", "fields": ["link", "id"], "reason": "r"}


def test_each_field_that_differs_is_a_disagreement():
    ours, peers = {"link": ONE.newsline, "title": "t"}, {"link": "", "title": "t"}
    assert disagreements(ONE.feed, ours, peers) == [ONE]
    assert disagreements(ONE.feed, ours, ours) == []


def test_a_feed_that_one_parser_alone_reads_is_one_disagreement():
    (found,) = disagreements(ONE.feed, {"link": "", "title": "t"}, {"error": "refused"})
    assert found.field == "error"


def test_a_rule_explains_the_fields_and_feeds_that_it_names():
    assert explains(RULE, ONE)
    assert not explains(RULE, ONE._replace(field="title"))
    assert not explains(RULE, ONE._replace(feed="RSS 2.0/title=empty"))
