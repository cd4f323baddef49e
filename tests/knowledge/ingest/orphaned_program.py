"""Has a document read that hangs whoever reads it: a program to be killed.

python orphaned_program.py FIFO FILE
"""

import asyncio
import sys
from pathlib import Path

from tests.knowledge.ingest.watching import Hanging
from tollfree.knowledge.ingest.reader import Reader, ReadResult
from tollfree.knowledge.ingest.reading import Request
from tollfree.knowledge.ingest.splitting import Splitter


async def main(fifo: str, file: Path) -> None:
    async with Reader(Splitter(Hanging(fifo))) as reader:
        request = Request(document=str(file), file=file, name=file.name)
        async for _ in reader.read(request, ReadResult()):
            pass


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
