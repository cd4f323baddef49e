"""Writes the OpenAPI document to a file, or says that the file is not up to date."""

import argparse
import json
import sys
from pathlib import Path
from typing import cast

from tollfree.server.app import create_app
from tollfree.server.desk import Desk
from tollfree.server.doorkeeper import Doorkeeper
from tollfree.server.settings import ServerSettings
from tollfree.wiring.office import Office


def openapi_text() -> str:
    """The document, in an order that does not change. Building the app opens nothing."""
    settings = ServerSettings.model_construct(livekit_url="", dashboard=None, url="", max_body_mb=2, max_upload_mb=512)
    office, doorkeeper = cast(Office, None), cast(Doorkeeper, None)  # only requests ask for them
    app = create_app(Desk(office=office, settings=settings, doorkeeper=doorkeeper))
    return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """The command line of scripts/openapi."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    file, text = cast(Path, given.file), openapi_text()
    if not given.check:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        sys.exit(f"{file} is out of date; run scripts/openapi")


if __name__ == "__main__":
    main()
