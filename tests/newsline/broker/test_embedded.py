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
