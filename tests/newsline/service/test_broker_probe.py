from newsline.broker import BrokerUnreachable
from newsline.service import broker_probe
from tests.support.waiting import eventually


async def test_the_watch_says_what_the_broker_last_said(monkeypatch):
    monkeypatch.setattr(broker_probe, "INTERVAL", 0.01)
    answers = [BrokerUnreachable("it is down")]

    def question():
        if answers:
            raise answers[0]

    async with broker_probe.watching(question) as watching:
        assert watching.problem() == "the broker has not answered yet"
        await eventually(lambda: watching.problem() == "it is down")
        answers.clear()
        await eventually(lambda: watching.problem() is None)
