"""The shapes of an answer that says no: ours, and OpenAI's on its paths."""

from starlette.responses import JSONResponse

from tollfree.serving.errors import Refusal

OPENAI_PATHS = "/v1/audio/"
"""Paths that OpenAI's clients know; their errors have OpenAI's shape."""


def refused(refusal: Refusal, path: str) -> JSONResponse:
    """`{code, message}`, or `{error: {message, type, param, code}}` where OpenAI's clients ask."""
    headers = {} if refusal.retry_after_s is None else {"Retry-After": str(refusal.retry_after_s)}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body: dict[str, object] = {"code": refusal.code, "message": refusal.message}
    if path.startswith(OPENAI_PATHS):
        kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
        body = {"error": {"message": refusal.message, "type": kind, "param": None, "code": refusal.code}}
    return JSONResponse(body, refusal.status, headers)
