"""A large project, of which what is searched is in files that all processes map: 600 bytes a passage, once on a
machine.

Who writes to the index writes them, one folder for a version of its table, and takes those of earlier versions away;
who searches opens them in a millisecond. The passages that were found are fetched from the index.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from tollfree.knowledge.candidate import Candidate
from tollfree.knowledge.postings import Postings, PostingsWriter
from tollfree.knowledge.resident import best
from tollfree.knowledge.sketch import Sketch, SketchWriter
from tollfree.knowledge.tags import Tags, TagsWriter
from tollfree.knowledge.vocabulary import Arrays

if TYPE_CHECKING:
    from tollfree.knowledge.index import PassageIndex  # imports LanceDB, which takes seconds

SMALL, LARGE = 4000, 150_000
"""Passages above which files are written, and up to which: 90 MB. Larger projects are searched by LanceDB's indexes."""
FOLDER = "searched"
"""Beside the table, a folder of files for its version."""

_log = logging.getLogger(__name__)


class Sketched:
    """See `Searchable`."""

    def __init__(self, index: "PassageIndex", arrays: Arrays) -> None:
        """`index`: where the passages are fetched, of whose present state the arrays are."""
        self._index = index
        self._rows = arrays["rows"]
        self._sketch = Sketch.from_arrays(arrays)
        self._postings = Postings.from_arrays(arrays)
        self._tags = Tags.from_arrays(arrays)

    async def nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return await asyncio.to_thread(self._nearest, vector, limit, tags)

    async def matching(self, words: Iterable[str], limit: int, tags: Sequence[str] = ()) -> list[int]:
        """See `Searchable`."""
        return await asyncio.to_thread(self._matching, tuple(words), limit, tags)

    async def at(self, places: Sequence[int]) -> list[Candidate]:
        """See `Searchable`."""
        return await self._index.at(cast(list[int], self._rows[list(places)].tolist()))

    def _nearest(self, vector: NDArray[np.float32], limit: int, tags: Sequence[str]) -> list[int]:
        return cast(list[int], self._sketch.nearest(vector, limit, self._tags.marked(tags)).tolist())

    def _matching(self, words: Sequence[str], limit: int, tags: Sequence[str]) -> list[int]:
        return best(self._postings.scores(words), limit, self._tags.marked(tags))


async def arrays_of(index: "PassageIndex") -> Arrays:
    """What is searched of an index that has passages, in its present state."""
    rows: list[NDArray[np.uint64]] = []
    sketch, postings, tags = SketchWriter(), PostingsWriter(), TagsWriter()
    async for found, vectors, words, tagged in index.searched():
        rows.append(found)
        await asyncio.to_thread(sketch.add, vectors)
        await asyncio.to_thread(postings.add, words)
        tags.add(tagged)
    written = await asyncio.to_thread(postings.written)
    return {
        "rows": np.concatenate(rows),
        **sketch.written().arrays(),
        **written.arrays(),
        **tags.written().arrays(),
    }


async def write_searched(index: "PassageIndex") -> None:
    """Write the files of the index as it is, if it is of a size for them. Only its writer does. What the disk refuses
    is left: LanceDB's own indexes serve as well, if more slowly. Raises `IndexUnusable` for the index's own."""
    if index.folder is None:
        return
    home = index.folder / FOLDER
    version = await index.version()
    try:
        if SMALL < await index.count() <= LARGE and not _of(home, version).is_dir():
            await asyncio.to_thread(_save, home, version, await arrays_of(index))
        await asyncio.to_thread(_remove_others, home, version)
    except OSError as error:
        _log.warning("what is searched of %s could not be written: %s", index.folder, error.strerror)


def open_searched(index: "PassageIndex", version: int) -> Sketched | None:
    """The files of this version of an index; None: there are none, or they are not whole."""
    if index.folder is None:
        return None
    folder = _of(index.folder / FOLDER, version)
    try:
        arrays = {path.stem: np.load(path, mmap_mode="r").view(np.ndarray) for path in folder.glob("*.npy")}
        return Sketched(index, arrays) if arrays else None
    except (OSError, ValueError, EOFError, KeyError):
        return None


def _of(home: Path, version: int) -> Path:
    return home / str(version)


def _save(home: Path, version: int, arrays: Arrays) -> None:
    """All or nothing."""
    making = home / f"{version}.{os.getpid()}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        for name, array in arrays.items():
            np.save(making / f"{name}.npy", array)
        making.rename(_of(home, version))
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _remove_others(home: Path, version: int) -> None:
    """Those of other versions, and what killed writers left. Who has them mapped keeps them."""
    for other in home.iterdir() if home.is_dir() else ():
        if other.name != str(version):
            shutil.rmtree(other, ignore_errors=True)
