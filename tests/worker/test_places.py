"""Who may begin a call now, and what a dispatch says."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.worker.errors import BadDispatch
from tollfree.worker.metadata import Dispatch, read_dispatch
from tollfree.worker.notices import Notice, Notices
from tollfree.worker.places import HIGHEST_LOAD, Places, ReadyMarks

MARKED = (
    "import sys, pathlib; from tollfree.worker.places import ReadyMarks; ReadyMarks(pathlib.Path({folder!r})).mark()"
)


@given(st.integers(1, 20), st.integers(0, 25), st.integers(0, 25), st.integers(0, 5))
def test_a_call_begins_only_where_there_is_a_place_and_a_process(most: int, ready: int, running: int, accepting: int):
    places = Places(most, lambda: ready, lambda: running)
    places.accepting = accepting
    assert places.open == (running + accepting < most and running + accepting < ready)


@given(st.integers(1, 20), st.integers(0, 50))
def test_the_server_is_never_told_a_load_at_which_it_sends_nobody(most: int, running: int):
    load = Places(most, lambda: 100, lambda: running).load
    assert 0 <= load <= HIGHEST_LOAD < 0.7


def test_a_promised_place_is_taken():
    places = Places(1, lambda: 5, lambda: 0)
    assert places.open
    places.promised.add("room")
    assert places.full


def test_processes_count_while_they_live(tmp_path: Path):
    marks = ReadyMarks(tmp_path)
    assert marks.count() == 0
    code = MARKED.format(folder=str(tmp_path)) + "; print('marked', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"marked\n"
        assert marks.count() == 1
        process.kill()
        process.wait()
        assert marks.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_mark_is_never_cleared_away_while_it_is_made(tmp_path: Path):
    marks = ReadyMarks(tmp_path)
    done = threading.Event()
    making = threading.Thread(target=lambda: ([marks.mark() for _ in range(200)], done.set()))
    making.start()
    seen = []
    while not done.is_set():
        seen.append(marks.count())
    making.join()
    first = seen.index(1) if 1 in seen else len(seen)
    assert set(seen[first:]) <= {1}
    assert marks.count() == 1


def test_why_a_process_cannot_get_ready_is_told(tmp_path: Path):
    marks = ReadyMarks(tmp_path)
    assert marks.failure() == ""
    marks.tell_failure("the voice is missing")
    assert marks.failure() == "the voice is missing"
    assert marks.count() == 0


def test_an_empty_dispatch_is_a_telephone_call():
    assert read_dispatch("") == Dispatch()


def test_a_dispatch_reads_what_it_writes():
    dispatch = Dispatch(project="shop", agent="night", flow="support", draft=-2, resume="0" * 26)
    assert read_dispatch(dispatch.text()) == dispatch


@pytest.mark.parametrize(
    "rubbish",
    [
        "[]",
        "{",
        '{"project": 5}',
        '{"project": "shop", "draft": 1}',
        '{"resume": "' + "x" * 100 + '"}',
        '{"resume": "../../../../../etc/passwd.."}',
    ],
)
def test_a_dispatch_that_cannot_be_read_is_a_plain_sentence(rubbish: str):
    with pytest.raises(BadDispatch, match="corner-shop"):
        read_dispatch(rubbish)


def test_notices_are_rendered_once(tmp_path: Path):
    asked: list[str] = []

    def render(text: str) -> np.ndarray:
        asked.append(text)
        return np.arange(2400, dtype=np.int16)

    notices = Notices(tmp_path / "notices")
    notices.make(render)
    notices.make(render)
    assert asked == [notice.value for notice in Notice]
    assert notices.complete()
    assert (notices.sound(Notice.BUSY) == np.arange(2400)).all()


def test_a_notice_that_is_not_there_or_damaged_is_silence(tmp_path: Path):
    assert len(Notices(tmp_path).sound(Notice.BUSY)) == 0
    (tmp_path / "busy.wav").write_bytes(b"rubbish")
    assert len(Notices(tmp_path).sound(Notice.BUSY)) == 0
