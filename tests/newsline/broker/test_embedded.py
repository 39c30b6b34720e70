"""The embedded broker: its end, while other threads use it."""

import threading
from contextlib import closing, suppress

from newsline.broker import BrokerError, Message, connect, embedded


def test_closing_does_not_close_a_connection_within_another_thread_s_call(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "CLOSE_SECONDS", 0.01)
    broker = connect(f"embedded:{tmp_path / 'broker.db'}")
    broker.ensure_topic("t", 1, 1000)
    inside, go_on = threading.Event(), threading.Event()

    def write():
        with broker.transaction() as connection:
            connection.execute("UPDATE ends SET bytes = 17")
            inside.set()
            go_on.wait()

    writer = threading.Thread(target=write)
    writer.start()
    inside.wait()
    broker.close()
    go_on.set()
    writer.join()
    with connect(f"embedded:{tmp_path / 'broker.db'}") as again:
        assert again._query("SELECT bytes FROM ends", ()) == [(17,)]


def test_closing_waits_for_other_threads_calls(tmp_path):
    for _ in range(8):  # without waiting, the process was ended by SIGSEGV at once
        broker = connect(f"embedded:{tmp_path / 'broker.db'}")
        broker.ensure_topic("t", 3, 1000)
        closed = threading.Event()

        def ask(broker=broker, closed=closed):
            with suppress(BrokerError):  # it is closed
                while not closed.is_set():
                    broker.end_offsets("t")

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        broker.close()
        closed.set()
        for thread in threads:
            thread.join()
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        with closing(broker.producer("p")) as producer:
            producer.commit([Message("t", b"k", b"v")])
        assert sum(broker.end_offsets("t")) == 1


def test_a_file_that_is_moved_away_is_not_created_again(tmp_path):
    path = tmp_path / "a ? %20 #.db"
    with connect(f"embedded:{path}") as broker:
        broker.ensure_topic("t", 1, 1000)
        path.rename(tmp_path / "moved.db")
        failures = []

        def ask():  # with a connection of its own
            try:
                broker.end_offsets("t")
            except BrokerError as error:
                failures.append(str(error))

        asking = threading.Thread(target=ask)
        asking.start()
        asking.join()
    assert len(failures) == 1
    assert str(path) in failures[0]
    assert not path.exists()
