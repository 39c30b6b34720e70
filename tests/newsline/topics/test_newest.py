from newsline.broker import Message, connect
from newsline.records import ENRICHED_TOPIC, decode_enriched
from newsline.topics import contents
from newsline.topics.newest import newest
from tests.support.example_records import enriched_article, enriched_message


def test_the_newest_articles_come_first_and_what_is_no_article_is_left_out(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        contents.ensure(broker)
        producer = broker.producer("test")
        for number in (1, 2, 3):
            producer.commit([enriched_message(enriched_article(number, title=f"Title {number}"))])
        producer.commit([Message(ENRICHED_TOPIC, b"key", b"not an article")])
        producer.commit([Message(ENRICHED_TOPIC, b"key", None)])
        found = newest(broker, ENRICHED_TOPIC, 10, decode_enriched)
    assert [article.title for _, article in found] == ["Title 3", "Title 2", "Title 1"]
