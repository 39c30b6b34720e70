from __future__ import annotations

import pytest

from newsline.records import MAX_TAGS, Evidence
from pipeline.enrich.tags.evidence import TagFinding
from pipeline.enrich.tags.mediatopics import taxonomy
from pipeline.enrich.tags.tags import PRECISE, combine, models, tag
from pipeline.enrich.tags.vocabulary import vocabulary_words
from tests.support.example_articles import article
from tests.support.unlabelled_news import NEIGHBOURS, OWN

WAR, POLITICS, SPORT, SOCCER = (
    f"medtop:{n}" for n in ("16000000", "11000000", "15000000", "20001065")
)

CLEAR = {
    "conflict, war and peace": (
        "Shelling resumes as truce collapses",
        "Troops backed by artillery crossed the river after a ceasefire broke down. Rebel "
        "fighters said an air strike hit a market. Peace talks between the militia and the army "
        "were called off, and the siege of the northern town goes on.",
    ),
    "economy, business and finance": (
        "Central bank raises interest rates",
        "The central bank raised interest rates by half a point to curb inflation. Economists "
        "expect economic growth to slow. Investors sold shares, the stock market fell and the "
        "currency weakened, while exporters warned of lower profits.",
    ),
    "sport": (
        "Late goal wins cup final",
        "The striker scored in stoppage time after the goalkeeper had saved a penalty kick. The "
        "coach praised his midfield. It was the team's third victory of the season, and a replay "
        "of the semi-final that the referee had stopped.",
    ),
    "health": (
        "Hospitals brace for flu",
        "Doctors and nurses expect more patients as influenza infections rise. Public health "
        "officials urged vaccination, saying the vaccine reduces symptoms. The outbreak has "
        "filled intensive care beds.",
    ),
    "science and technology": (
        "Telescope finds distant galaxy",
        "Astronomers using a space telescope spotted a galaxy near a black hole. The researchers, "
        "whose paper was peer-reviewed, trained an algorithm on data from a satellite in orbit.",
    ),
    "religion": (
        "Bishops meet in the cathedral",
        "The archbishop led prayers with priests and a rabbi. The pope sent a message to the "
        "congregation, and worshippers sang from the gospel before the sermon.",
    ),
    "disaster, accident and emergency incident": (
        "Earthquake levels villages",
        "Rescuers searched the rubble after an earthquake of magnitude seven. Aftershocks and a "
        "landslide hampered the relief effort; the death toll rose and survivors sleep outdoors.",
    ),
    "crime, law and justice": (
        "Gang leader jailed for murder",
        "A jury convicted the defendant of murder and robbery. The prosecutor asked for a life "
        "sentence; his barrister will appeal. Detectives had arrested the suspect in March.",
    ),
    "weather": (
        "Blizzard warning for the north",
        "Meteorologists expect heavy snow and gale force winds. The weather forecast speaks of "
        "snowfall, wind chill and freezing temperatures until the cold front has passed.",
    ),
    "education": (
        "Pupils sit new exam",
        "Teachers say the curriculum is too full. The head teacher of a primary school wants "
        "smaller classrooms; universities ask for better exam results before undergraduates "
        "enrol.",
    ),
}

MIXED = (
    "Minister visits school",
    "The minister visited a school and a factory, and spoke about wages and exams with teachers "
    "and the union.",
)


@pytest.mark.parametrize("name", CLEAR)
def test_a_clear_article_is_tagged_by_its_text(name: str) -> None:
    title, text = CLEAR[name]
    first = tag(article(text, title), "en")[0]
    assert (first.name, first.path) == (name, (name,))
    assert first.confidence >= 0.5
    assert {e.source for e in first.evidence} <= {"title", "text"}


def test_a_deeper_concept_stands_below_its_top_level() -> None:
    title, text = CLEAR["economy, business and finance"]
    tags = tag(article(text, title), "en")
    deeper = next(t for t in tags if t.name == "central bank")
    assert deeper.path == (
        *("economy, business and finance", "economy", "macro economics"),
        "central bank",
    )
    assert deeper.confidence <= tags[0].confidence


def test_an_article_on_nothing_in_particular_has_no_tags() -> None:
    text = "We went there on Tuesday and it was as one had thought. Nobody said anything about it."
    assert tag(article(text, "A day"), "en") == ()


@pytest.mark.parametrize("word", ["strike", "opera", "police", "fashion", "party", "court"])
def test_one_ambiguous_word_however_often_makes_no_tag(word: str) -> None:
    assert tag(article(f"The {word} came. " * 9, f"The {word}"), "en") == ()


@pytest.mark.parametrize("language", ["fr", "und"])
def test_other_languages_have_only_the_publishers_labels(language: str) -> None:
    title, text = CLEAR["health"]
    assert tag(article(text, title), language) == ()
    tags = tag(article(text, title, section="Football"), language)
    assert [t.name for t in tags] == ["sport", "competition discipline", "soccer"]
    assert {e.source for t in tags for e in t.evidence} == {"section"}


def test_publisher_and_text_together_are_surer_than_either() -> None:
    title, text = MIXED
    both = tag(article(text, title, section="Education"), "en")[0]
    assert both.name == "education"
    assert both.confidence > tag(article(text, title), "en")[0].confidence
    assert both.confidence > tag(article(section="Education"), "en")[0].confidence


def test_more_evidence_never_makes_less_sure_and_order_does_not_matter() -> None:
    findings = [
        TagFinding(WAR, 0.6, Evidence("text", "siege")),
        TagFinding(WAR, 0.5, Evidence("section", "War")),
        TagFinding(POLITICS, 0.4, Evidence("url", "politics")),
        TagFinding(WAR, 0.6, Evidence("title", "truce")),
    ]
    confidences = [combine(findings[:n])[0].confidence for n in (1, 2, 3, 4)]
    assert confidences == sorted(confidences)
    assert confidences[2] == confidences[3], "title and text are one source"
    assert [(t.code, t.confidence) for t in combine(findings[::-1])] == [
        (t.code, t.confidence) for t in combine(findings)
    ]


def test_where_an_article_is_filed_is_one_reason_and_its_keywords_are_another() -> None:
    section, category, url = (
        TagFinding(WAR, 0.85, Evidence(source, "war")) for source in ("section", "category", "url")
    )
    (filed,) = combine([section])
    assert combine([section, category, url])[0].confidence == filed.confidence
    keyword = TagFinding(WAR, 0.75, Evidence("keyword", "war"))
    assert combine([section, keyword])[0].confidence > filed.confidence


def test_a_part_brings_its_top_level_with_it() -> None:
    sport, _, soccer = combine([TagFinding(SOCCER, 0.7, Evidence("keyword", "Football"))])
    assert (sport.code, soccer.code) == (SPORT, SOCCER)
    assert sport.confidence == soccer.confidence
    assert sport.evidence == soccer.evidence


def test_there_are_never_more_tags_than_the_contract_allows() -> None:
    sports = [c.name for c in taxonomy().concepts.values() if c.top == SPORT]
    keywords = tuple(sports[: MAX_TAGS + 5])
    assert len(tag(article(keywords=keywords), "en")) == MAX_TAGS


def test_with_recall_there_are_the_same_tags_and_more() -> None:
    title, text = MIXED
    precise = tag(article(text, title), "en")
    more = tag(article(text, title), "en", recall=True)
    assert set(precise) <= set(more)
    assert len(more) > len(precise)
    assert min(t.confidence for t in precise) >= PRECISE > min(t.confidence for t in more)


@pytest.mark.parametrize("name", CLEAR)
def test_the_words_that_speak_for_a_tag_stand_in_the_text(name: str) -> None:
    title, text = CLEAR[name]
    stems = {word[:4] for word in vocabulary_words(f"{title} {text}")}
    for each in tag(article(text, title), "en"):
        for evidence in each.evidence:
            assert {word[:4] for word in vocabulary_words(evidence.term)} <= stems


def test_the_record_names_the_model_that_read_the_text() -> None:
    assert [model.name for model in models("en")] == ["iptc-mediatopics", "newsline-tags-en"]
    assert [model.name for model in models("fr")] == ["iptc-mediatopics"]


@pytest.mark.parametrize("name", OWN)
def test_topics_without_labelled_texts_are_found(name: str) -> None:
    for text in OWN[name]:
        assert [each.name for each in tag(article(text, ""), "en")[:1]] == [name], text


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_what_only_sounds_like_such_a_topic_is_not_tagged_so(name: str) -> None:
    for text in NEIGHBOURS[name]:
        assert name not in [each.name for each in tag(article(text, ""), "en")], text


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "Officers found heroin and cocaine. The heroin was in a bag, the cocaine in a car. "
            "Two people were arrested and jailed on charges of dealing.",
            ("crime, law and justice", "crime", "drug related crimes"),
        ),
        (
            "The import tariff goes up. Beijing answers the tariff with a tariff of its own, and "
            "exporters fear for trade, profits and the economy.",
            ("economy, business and finance", "economy", "macro economics"),
        ),
    ],
)
def test_a_part_that_the_text_names_is_found_with_all_above_it(text: str, path: tuple) -> None:
    paths = [each.path for each in tag(article(text, "News"), "en")]
    assert path in paths
    for end in range(1, len(path)):
        assert path[:end] in paths
