"""A program whose starter is killed is gone too."""

import os
import select
import signal
import subprocess
import sys

import pytest

from tests.fakes.patience import PATIENCE_S

STARTER = """
import signal, subprocess, sys
from tollfree.processes.lifetime import die_with_parent
subprocess.Popen([sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"],
                 preexec_fn=die_with_parent)
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_program_is_killed_with_whoever_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, env={**os.environ}) as starter:
        assert starter.stdout is not None and starter.stdout.readline() == b"up\n"
        starter.send_signal(signal.SIGKILL)
        assert select.select([starter.stdout], [], [], PATIENCE_S)[0]
        assert starter.stdout.read() == b"", "the end of the pipe: nobody holds it any more"
