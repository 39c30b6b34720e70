import os
import signal
import subprocess
import sys

from newsline.announce import PARENT, announce
from tests.support.command import until

CHILD = """
import os, sys, time
from newsline.service.processes import exit_with_parent
exit_with_parent()
print(os.getpid(), flush=True)
time.sleep(600)
"""
PARENT_OF_IT = f"""
import os, subprocess, sys
os.environ["{PARENT}"] = str(os.getpid())
subprocess.run([sys.executable, "-c", sys.argv[1]], start_new_session=True)
"""


def test_a_child_ends_with_a_parent_that_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT_OF_IT, CHILD], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not is_running(child), "the child's end")
    parent.stdout.close()


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_that_an_operator_started_announces_itself(capsys, monkeypatch):
    monkeypatch.delenv(PARENT, raising=False)
    announce("polling")
    assert capsys.readouterr().err == "polling\n"


def test_a_process_that_newsline_run_started_does_not(capsys, monkeypatch):
    monkeypatch.setenv(PARENT, str(os.getppid()))
    announce("polling")
    assert capsys.readouterr().err == ""
