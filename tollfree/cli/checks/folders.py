"""Folders and what may be done in them: room on the disk, permissions, the key of secrets."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from tollfree.calls.secrets import KEY_FILE, KEY_VARIABLE, BadSecretKey, key_of
from tollfree.cli.checks.finding import Check, Finding, Place

ENOUGH_DISK_GB = 2.0
"""Logs and recordings grow."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What others than the owner may do."""


def home(place: Place) -> Iterator[Finding]:
    """Where all state is."""
    yield _folder("home", place.settings.home, "TOLLFREE_HOME")


def cache(place: Place) -> Iterator[Finding]:
    """Where models are."""
    yield _folder("cache", place.settings.cache, "TOLLFREE_CACHE")


def permissions(place: Place) -> Iterator[Finding]:
    """Calls' recordings and ids, and the key of secrets, are nobody else's."""
    open_to_others = [
        path
        for path in (place.settings.home, place.settings.home / KEY_FILE, *place.settings.home.glob("tollfree.db"))
        if path.exists() and path.stat().st_mode & OTHERS
    ]
    key = place.settings.home / KEY_FILE
    if key in open_to_others:
        found = f"others may read {key}, which opens every secret"
        yield Finding(name="permissions", state="bad", found=found, remedy=f"chmod 600 {key}")
    elif open_to_others and place.settings.home in open_to_others:
        found = f"others may look into {place.settings.home}: recordings and logs are there"
        yield Finding(name="permissions", state="note", found=found, remedy=f"chmod 700 {place.settings.home}")
    else:
        yield Finding(name="permissions", state="good", found="the home folder is its owner's alone")


def secret_key(place: Place) -> Iterator[Finding]:
    """The key of the projects' secrets; it is made when the first one is set."""
    given = place.environ.get(KEY_VARIABLE, "")
    file = place.settings.home / KEY_FILE
    try:
        if given:
            key_of(given, f"The environment variable {KEY_VARIABLE}")
            found = f"in {KEY_VARIABLE}"
        elif file.exists():
            key_of(file.read_text("ascii"), f"The file {file}")
            found = f"in {file}"
        else:
            found = "made with the first secret"
    except (BadSecretKey, OSError, UnicodeDecodeError) as error:
        found = error.message if isinstance(error, BadSecretKey) else f"{file} cannot be read"
        remedy = f"Put the key back that sealed the secrets, in {KEY_VARIABLE} or {file}: no other opens them."
        yield Finding(name="secret key", state="bad", found=found, remedy=remedy)
        return
    yield Finding(name="secret key", state="good", found=found)


def _folder(name: str, folder: Path, setting: str) -> Finding:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free / 1e9
    found = f"{folder}, {free:.1f} GB free"
    if not os.access(place, os.W_OK):
        remedy = f"Give write permission in {place}, or choose another folder by {setting}."
        return Finding(name=f"folder {name}", state="bad", found=f"{found}, not writable", remedy=remedy)
    if free < ENOUGH_DISK_GB:
        remedy = f"Make room, or choose another folder by {setting}."
        return Finding(name=f"folder {name}", state="note", found=found, remedy=remedy)
    return Finding(name=f"folder {name}", state="good", found=found)


CHECKS = (
    Check(name="folder home", look=home, remedy="See that the disk answers, or choose another by TOLLFREE_HOME."),
    Check(name="folder cache", look=cache, remedy="See that the disk answers, or choose another by TOLLFREE_CACHE."),
    Check(name="permissions", look=permissions),
    Check(name="secret key", look=secret_key),
)
