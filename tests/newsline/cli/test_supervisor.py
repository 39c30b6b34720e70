import asyncio
import signal

import pytest
import typer

from newsline.cli import supervisor
from newsline.cli.supervisor import Supervisor
from newsline.errors import OperatorError
from newsline.monitor.snapshot import FlowStage
from tests.support.waiting import eventually

FOREVER = ("tail", "--follow")
NOWHERE = ("--broker", "embedded:/nonexistent/broker.db")


@pytest.fixture
def broker(tmp_path):
    """The flags of a broker that is there, without records."""
    from newsline.broker import connect
    from newsline.topics import contents

    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as connection:
        contents.ensure(connection)
    return ("--broker", address)


async def test_a_process_that_is_gone_is_a_problem_with_a_name(broker):
    async with Supervisor(debug=False) as tree:
        assert tree.problem() == "not running: "
        await tree.start(*FOREVER, *broker)
        assert tree.problem() is None
        await tree.start("topics", *NOWHERE)
        await eventually(lambda: tree.problem() == "not running: topics")


async def test_a_process_that_ends_with_an_error_ends_the_tree_with_its_exit_code(broker):
    async with Supervisor(debug=False) as tree:
        await tree.start(*FOREVER, *broker)
        await tree.start("topics", *NOWHERE)
        with pytest.raises(typer.Exit) as ended:
            await tree.wait(asyncio.Event())
    assert ended.value.exit_code == 1


async def test_a_process_that_somebody_else_ended_ends_the_tree_with_a_line(broker):
    async with Supervisor(debug=False) as tree:
        await tree.start("topics", *broker)
        with pytest.raises(OperatorError, match="newsline topics was stopped by another process"):
            await tree.wait(asyncio.Event())


async def test_a_process_that_is_killed_is_started_again(broker, capfd):
    stop = asyncio.Event()
    async with Supervisor(debug=False) as tree:
        await tree.start(*FOREVER, *broker)
        waiting = asyncio.create_task(tree.wait(stop))
        (first,) = tree._processes.values()
        first.send_signal(signal.SIGKILL)
        await eventually(lambda: list(tree._processes.values()) != [first])
        assert tree.problem() is None
        stop.set()
        await waiting
    assert "newsline tail was killed by signal 9: started again" in capfd.readouterr().err


async def test_the_tree_leaves_no_process_behind(broker):
    async with Supervisor(debug=False) as tree:
        await tree.start(*FOREVER, *broker)
        (process,) = tree._processes.values()
    assert process.returncode is not None


async def test_processes_do_not_read_our_environment_variables_but_are_told_to_debug(
    broker, monkeypatch, capfd
):
    monkeypatch.setenv("NEWSLINE_TAIL_COUNT", "not a number")
    async with Supervisor(debug=True) as tree:
        await tree.start("tail", *NOWHERE)
        await eventually(lambda: tree.problem() is not None)
    said = capfd.readouterr().err
    assert "no broker at /nonexistent/broker.db" in said
    assert "Traceback" in said


async def test_a_process_that_is_stopped_by_a_signal_is_told_from_one_that_has_ended():
    process = await asyncio.create_subprocess_exec("sleep", "600")
    assert supervisor._state(process) == "running"
    process.send_signal(signal.SIGSTOP)
    await eventually(lambda: supervisor._state(process) == "stopped")
    process.kill()
    await process.wait()
    assert supervisor._state(process) == "gone"


async def test_the_processes_of_connector_and_job_are_shown_to_a_monitor(broker):
    async with Supervisor(debug=False) as tree:
        await tree.start(*FOREVER, *broker)
        await tree.start("poll", "--help")
        (connector,) = tree.processes()
        assert connector.stage is FlowStage.CONNECTOR
        await eventually(lambda: [each.state for each in tree.processes()] == ["gone"])


async def test_a_process_that_is_stopped_on_purpose_has_ended():
    async with Supervisor(debug=False) as tree:
        await tree.start("poll", "--help")
        await tree.stop("poll")
        assert [each.state for each in tree.processes()] == ["ended"]
