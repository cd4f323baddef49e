"""The dashboard's files."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from tollfree.server.answers import Problem, answer

NOT_BUILT = """<!doctype html><html lang="en"><title>tollfree</title><meta charset="utf-8">
<h1>The dashboard is not built</h1>
<p>Run <code>scripts/dashboard</code> (it needs Node.js 20 or newer), then start the server again.
The API is here all the same: <code>/api/v1/openapi.json</code>.</p></html>"""
LASTING = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""


def built_dashboard() -> Path:
    """Where set-up builds it."""
    return Path(__file__).parents[2] / "dashboard" / "build"


def add_pages(app: FastAPI, folder: Path) -> None:
    """Serve the files of a folder, and its page for every path that is no file: pages find their own way."""
    root = folder.resolve()
    page = root / "index.html"

    async def file_or_page(request: Request) -> Response:
        path = str(request.path_params["path"])
        if path == "api" or path.startswith("api/"):
            return answer(404, Problem(code="unknown_path", message=f"There is nothing at {request.url.path}."))
        found = _within(root, path)
        if found is not None:
            lasting = path.startswith("_app/immutable/")
            return FileResponse(found, headers={"Cache-Control": LASTING if lasting else "no-cache"})
        if path.startswith("_app/"):
            return answer(404, Problem(code="unknown_path", message="This file belongs to another version. Reload."))
        if not page.is_file():
            return HTMLResponse(NOT_BUILT, 503)
        return FileResponse(page, headers={"Cache-Control": "no-cache"})

    app.add_route("/{path:path}", file_or_page, methods=["GET"], include_in_schema=False)


def _within(root: Path, path: str) -> Path | None:
    """The file, if it is one of the folder's own."""
    if not path or "\0" in path:
        return None
    try:
        found = (root / path).resolve()
        return found if found.is_relative_to(root) and found.is_file() else None
    except OSError:  # a name that is too long
        return None
