"""The files of the button for web sites: those that pages of other sites may load."""

import re
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response

from tollfree.server.answers import Problem, answer
from tollfree.server.pages import LASTING

_CHUNK = re.compile(r"[A-Za-z0-9_-]+\.js")
_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
"""A script is loaded with the first, what it imports with the second."""
_SHORT = "public, max-age=300"


def built_button() -> Path:
    """Where set-up builds it."""
    return Path(__file__).parents[2] / "webbutton" / "dist"


def add_button(app: FastAPI, folder: Path) -> None:
    """Serve `/button.js`, and what it loads from `/button/`."""

    async def button(_request: Request) -> Response:
        return _file(folder / "button.js", _SHORT, "Build the button with scripts/webbutton.")

    async def part(request: Request) -> Response:
        name = str(request.path_params["name"])
        gone = "This file belongs to another version. Reload the page."
        return _file(folder / "button" / (name if _CHUNK.fullmatch(name) else "-"), LASTING, gone)

    app.add_route("/button.js", button, methods=["GET"], include_in_schema=False)
    app.add_route("/button/{name}", part, methods=["GET"], include_in_schema=False)


def _file(path: Path, lasts: str, otherwise: str) -> Response:
    if not path.is_file():
        return answer(404, Problem(code="unknown_path", message=otherwise), {"Cache-Control": "no-store"})
    return FileResponse(path, media_type="text/javascript", headers={**_ANYWHERE, "Cache-Control": lasts})
