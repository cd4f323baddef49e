"""Takes a folder in, and writes what it puts into a file, a JSON line each: a program to be killed.

python killed_program.py FOLDER HOME
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.knowledge.ingest.shelf import MemoryWriter, ingesting
from tollfree.knowledge.base import StoredPassage
from tollfree.knowledge.ingest.source import Source


class FileWriter(MemoryWriter):
    """Appends each batch before it is done with it, slowly."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    async def put(self, passages: Sequence[StoredPassage]) -> None:
        with self._path.open("a") as file:
            for one in passages:
                file.write(json.dumps({"put": asdict(one)}) + "\n")
        await asyncio.sleep(0.05)

    async def delete(self, ids: Sequence[str]) -> None:
        with self._path.open("a") as file:
            file.write("".join(json.dumps({"delete": id}) + "\n" for id in ids))

    async def counts(self) -> Mapping[str, int]:
        return Counter(kept_sources(self._path).values())


def kept(path: Path) -> tuple[dict[str, str], int]:
    """The texts by id that such a file comes to, and how many times something was put."""
    return _kept(path, "text")


def kept_sources(path: Path) -> dict[str, str]:
    """The documents of the passages by id."""
    return _kept(path, "source")[0]


def _kept(path: Path, name: str) -> tuple[dict[str, str], int]:
    values: dict[str, str] = {}
    puts = 0
    for line in path.read_text().splitlines() if path.exists() else ():
        entry = json.loads(line)
        if "put" in entry:
            values[entry["put"]["id"]] = entry["put"][name]
            puts += 1
        else:
            values.pop(entry["delete"], None)
    return values, puts


async def main(folder: Path, home: Path) -> None:
    async with ingesting(home, FileWriter(home / "index.jsonl"), own_process=True) as ingest:
        report = await ingest.add([Source.of(str(folder))])
    sys.stdout.write(json.dumps(report.as_json()))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
