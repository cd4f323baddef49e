"""A `tollfree up` tells others of its home folder where calls can be placed, for as long as it runs."""

from pathlib import Path

from tollfree.worker.only_one import only_one_up, running_up


def test_where_calls_can_be_placed_is_known_once_it_is_told_and_only_while_it_runs(tmp_path: Path) -> None:
    assert running_up(tmp_path) == ""
    with only_one_up(tmp_path) as tell:
        assert running_up(tmp_path) == ""
        tell("ws://127.0.0.1:7880")
        assert running_up(tmp_path) == "ws://127.0.0.1:7880"
    assert running_up(tmp_path) == ""


def test_what_a_killed_one_left_behind_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text('{"pid": 1, "livekit": "ws://127.0.0.1:7880"}')
    assert running_up(tmp_path) == ""
