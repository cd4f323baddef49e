"""Recordings that have become too old."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tollfree.calls.recording_retention import Pruned, prune_recordings
from tollfree.protocol.ids import CallId

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
MONTH_AGO = NOW - timedelta(days=30)
CALL = CallId("01m81s64q0eyar66mahye4t3mr")


def recorded(folder: Path, name: str, *, days_ago: float, project: str = "shop") -> Path:
    """A file of ten bytes, last written to so long ago."""
    file = folder / project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"0123456789")
    at = (NOW - timedelta(days=days_ago)).timestamp()
    os.utime(file, (at, at))
    return file


def test_what_is_older_than_it_may_be_is_deleted_and_counted(tmp_path: Path) -> None:
    old = [recorded(tmp_path, name, days_ago=31) for name in (f"{CALL}.opus", f"{CALL}-14.opus", f"{CALL}.wav")]
    young = recorded(tmp_path, f"{CALL}-15.opus", days_ago=29)
    assert prune_recordings(tmp_path, MONTH_AGO) == Pruned(files=3, bytes=30)
    assert young.exists() and not any(file.exists() for file in old)
    assert prune_recordings(tmp_path, MONTH_AGO) == Pruned()


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "training.wav",
        f"{CALL}.mp3",
        f"{CALL}.opus.bak",
        f"{CALL}-copy.opus",
        f"{CALL}.opus\n",
        f"my-{CALL}.opus",
        f"{CALL[:-1]}.opus",
    ],
)
def test_a_file_with_a_name_that_is_not_a_recordings_is_nobodys_to_delete(tmp_path: Path, name: str) -> None:
    file = recorded(tmp_path, name, days_ago=1000)
    assert prune_recordings(tmp_path, MONTH_AGO) == Pruned() and file.exists()


def test_only_files_in_a_projects_folder_are_looked_at(tmp_path: Path) -> None:
    above = recorded(tmp_path, f"{CALL}.opus", days_ago=1000, project=".")
    below = recorded(tmp_path, f"{CALL}.opus", days_ago=1000, project="shop/kept")
    folder = tmp_path / "shop" / f"{CALL}.wav"
    folder.mkdir()
    os.utime(folder, (0, 0))
    assert prune_recordings(tmp_path, MONTH_AGO) == Pruned()
    assert above.exists() and below.exists() and folder.exists()


def test_links_are_neither_followed_nor_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    elsewhere = recorded(tmp_path, f"{CALL}.opus", days_ago=1000, project="elsewhere")
    (folder / "shop").mkdir(parents=True)
    (folder / "linked").symlink_to(elsewhere.parent)
    link = folder / "shop" / f"{CALL}.opus"
    link.symlink_to(elsewhere)
    os.utime(link, (0, 0), follow_symlinks=False)
    assert prune_recordings(folder, MONTH_AGO) == Pruned()
    assert elsewhere.exists() and link.is_symlink()


def test_the_folder_itself_may_lie_on_another_disk(tmp_path: Path) -> None:
    file = recorded(tmp_path / "disk", f"{CALL}.opus", days_ago=31)
    (tmp_path / "recordings").symlink_to(tmp_path / "disk")
    assert prune_recordings(tmp_path / "recordings", MONTH_AGO).files == 1 and not file.exists()


def test_where_nothing_was_recorded_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert prune_recordings(tmp_path / "recordings", MONTH_AGO) == Pruned()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may delete anything")
def test_what_cannot_be_deleted_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    fast = recorded(tmp_path, f"{CALL}.opus", days_ago=31, project="fast")
    other = recorded(tmp_path, f"{CALL}.opus", days_ago=31, project="other")
    fast.parent.chmod(0o500)
    try:
        assert prune_recordings(tmp_path, MONTH_AGO) == Pruned(files=1, bytes=10, kept=1)
    finally:
        fast.parent.chmod(0o700)
    assert fast.exists() and not other.exists()
