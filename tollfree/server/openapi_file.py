"""Writes the OpenAPI document to a file, or says that the file is not up to date."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from tollfree.server.app import create_app
from tollfree.server.desk import Desk
from tollfree.server.doorkeeper import Doorkeeper
from tollfree.server.settings import ServerSettings
from tollfree.wiring.office import Office
from tollfree.wiring.settings import Settings


async def openapi_text() -> str:
    """The document, in an order that does not change. It hangs on no setting: an empty installation gives it."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, cache=home, database_url="", reranker="", knowledge_store="")
        async with await Office.open(settings) as office:
            server = ServerSettings(url="", livekit_url="", dashboard=home)
            doorkeeper = Doorkeeper(office.store, server, office.clock, home)
            app = create_app(Desk(office=office, settings=server, doorkeeper=doorkeeper))
            return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """The command line of scripts/openapi."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    file, text = cast(Path, given.file), asyncio.run(openapi_text())
    if not given.check:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        sys.exit(f"{file} is out of date; run scripts/openapi")


if __name__ == "__main__":
    main()
