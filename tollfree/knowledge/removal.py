"""How a project's knowledge goes: marked, put away under another name, and removed, each step under the writer's lock.

HOME/shop/gone                 all of it is to be removed; nothing in it is read any more
HOME/.deleted-shop.4f1c09ab/   what is left to be removed; no project has such a name

A removal that was killed is seen by either, and ended by whoever writes to, deletes or opens any project next.
"""

import os
import re
import secrets
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from tollfree.knowledge.errors import IndexUnusable
from tollfree.knowledge.folder import LIVE

_GONE = "gone"
_PUT_AWAY = re.compile(r"\.deleted-([a-z0-9-]+)\.[0-9a-f]+")


def mark_gone(folder: Path) -> None:
    """From now on nobody finds anything in it. Raises `IndexUnusable`."""
    try:
        with suppress(FileNotFoundError):
            os.replace(folder / LIVE, folder / _GONE)
        (folder / _GONE).touch()
    except OSError as error:
        raise _cannot_remove(folder, error) from error


def is_gone(folder: Path) -> bool:
    """Whether its removal has begun."""
    return (folder / _GONE).is_file()


def marked(home: Path) -> tuple[Path, ...]:
    """The folders whose removal has begun; one is being removed by another process, or was left by a killed one."""
    return tuple(path.parent for path in home.glob(f"[a-z0-9]*/{_GONE}") if not path.parent.is_symlink())


def put_away(folder: Path) -> Path:
    """Give the folder a name that no project has, in one step. Raises `IndexUnusable`."""
    away = folder.with_name(f".deleted-{folder.name}.{secrets.token_hex(4)}")
    try:
        os.rename(folder, away)
    except OSError as error:
        raise _cannot_remove(folder, error) from error
    return away


def remove_put_away(home: Path, project: str) -> None:
    """Remove what was put away. Raises `IndexUnusable` for what was this project's and stays."""
    with suppress(FileNotFoundError):
        for path in tuple(home.iterdir()):
            if (found := _PUT_AWAY.fullmatch(path.name)) is None or path.is_symlink():
                continue
            try:
                remove_folder(path)
            except IndexUnusable:
                if found[1] == project:
                    raise


def remove_folder(folder: Path) -> None:
    """Remove a folder, and nothing that a symbolic link in it leads to; another may be removing it at the same time.
    Raises `IndexUnusable`."""
    try:
        if sys.version_info >= (3, 12):
            shutil.rmtree(folder, onexc=lambda _function, _path, error: _unless_gone(error))
        else:
            shutil.rmtree(folder, onerror=lambda _function, _path, found: _unless_gone(found[1]))
    except OSError as error:
        raise _cannot_remove(folder, error) from error


def remove_empty(folder: Path, below: Path) -> None:
    """Remove a folder and those it lies in, up to `below`, as far as nothing is in them."""
    with suppress(OSError):
        while folder != below:
            folder.rmdir()
            folder = folder.parent


def _unless_gone(error: BaseException) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _cannot_remove(folder: Path, error: OSError) -> IndexUnusable:
    return IndexUnusable(f"{folder} cannot be removed ({error.strerror}). See who may write there, then try again.")
