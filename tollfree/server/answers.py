"""The one shape of every answer that says no."""

import json
import logging
from collections.abc import Iterable, Mapping
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from tollfree.calls.store.errors import StaleDraft, StaleResource, StaleSettings
from tollfree.flows.errors import Fault, FlowFaulty
from tollfree.knowledge.ingest.errors import StaleSource
from tollfree.protocol.errors import TollfreeError
from tollfree.server.errors import ServerError

STATUSES: Mapping[str, int] = {
    "invalid_name": 422,
    "invalid_flow_name": 422,
    "invalid_document": 422,
    "bad_email": 422,
    "project_exists": 409,
    "email_taken": 409,
    "last_admin": 409,
    "number_taken": 409,
    "call_exists": 409,
    "call_closed": 409,
    "already_taken": 409,
    "already_member": 409,
    "not_waiting": 409,
    "not_published": 409,
    "knowledge_busy": 409,
    "knowledge_gone": 409,
    "not_in_room": 409,
    "not_picked_up": 409,
    "no_livekit": 409,
    "no_way_to_person": 409,
    "key_reused": 409,
    "still_being_done": 409,
    "stale_draft": 412,
    "livekit_refused": 502,
    "no_sip": 502,
    "transfer_failed": 502,
    "stale_settings": 412,
    "stale_resource": 412,
    "stale_publication": 412,
    "stale_source": 412,
    "flow_in_use": 409,
    "unknown_engine": 422,
    "bad_cursor": 422,
    "store_unavailable": 503,
    "store_full": 507,
    "store_read_only": 503,
}
"""Of our codes; others by `status_of`."""

_log = logging.getLogger(__name__)


class FaultModel(BaseModel):
    """One thing that is wrong."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    code: str = Field(examples=["unwired_exit"])
    """Short and stable."""
    severity: str = "error"
    """`error`, or `warning`."""
    node: str = Field(default="", examples=["find_order"])
    """The node of a flow, or the field of a request, that it is about."""
    message: str = Field(examples=["The exit `missing` leads nowhere. Wire it to a node."])
    """A sentence that says what to do."""


class Problem(BaseModel):
    """Why a request was refused."""

    model_config = ConfigDict(
        frozen=True,
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {"code": "unknown_project", "message": "There is no project named 'shopp'.", "faults": []},
            ]
        },
    )

    code: str
    """Short and stable, for programs."""
    message: str
    """A plain sentence, for people."""
    faults: tuple[FaultModel, ...] = ()
    """Everything that is wrong, where that is more than the message says."""
    current: dict[str, object] | None = Field(default=None)
    """What is stored now, where a save was refused because somebody else had saved."""


class AsciiResponse(JSONResponse):
    """JSON that any text fits into: what is refused may hold what UTF-8 cannot."""

    def render(self, content: object) -> bytes:
        """In ASCII, other letters escaped."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii")


PROBLEMS: dict[int | str, dict[str, object]] = {
    "4XX": {"model": Problem, "description": "Refused; the body says why."},
    "5XX": {"model": Problem, "description": "Something that the request depends on failed; the body says what."},
}
"""What every route may answer with besides."""


def answer(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A refusal as it is sent."""
    body = problem.model_dump(mode="json", exclude_none=True)
    return AsciiResponse(body, status, dict(headers or {}))


def refusal(error: TollfreeError) -> JSONResponse:
    """The answer that tells an error."""
    headers: dict[str, str] = {}
    status = status_of(error)
    if (wait := getattr(error, "retry_after_s", None)) is not None:
        headers["Retry-After"] = str(wait)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    stale = isinstance(error, StaleDraft | StaleSettings | StaleResource | StaleSource)
    current: dict[str, object] | None = dict(error.current) if stale else None
    faults = fault_models(error.faults) if isinstance(error, FlowFaulty) else ()
    if status >= 500:
        _log.warning("a request failed", extra={"code": error.code})
    return answer(status, Problem(code=error.code, message=error.message, faults=faults, current=current), headers)


def fault_models(faults: Iterable[Fault]) -> tuple[FaultModel, ...]:
    """Faults of a flow, as they are told."""
    return tuple(
        FaultModel(code=one.code, severity=one.severity.value, node=one.node, message=one.message) for one in faults
    )


def add_handlers(app: FastAPI) -> None:
    """Have the app tell everything that goes wrong in this shape."""

    @app.exception_handler(TollfreeError)
    async def ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, TollfreeError)
        return refusal(error)

    @app.exception_handler(RequestValidationError)
    async def unfit(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        told = [one for one in error.errors() if one["type"] != "default_factory_not_called"]  # it follows from others
        faults = tuple(_fault(one) for one in told or error.errors())
        message = faults[0].message if len(faults) == 1 else f"{len(faults)} fields of the request cannot be used."
        return answer(422, Problem(code="invalid_request", message=message, faults=faults))

    @app.exception_handler(HTTPException)
    async def theirs(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "unknown_path", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
        message = {
            404: f"There is nothing at {request.url.path}.",
            405: f"{request.method} is not a method of {request.url.path}.",
        }.get(error.status_code, str(error.detail))
        return answer(error.status_code, Problem(code=code, message=message), error.headers)


def failed() -> JSONResponse:
    """What is told of an error that nobody expected: nothing of it, as its text may hold a caller's words."""
    return answer(500, Problem(code="failed", message="The server failed at this request. Its log says more."))


def _fault(one: Mapping[str, object]) -> FaultModel:
    place = ".".join(str(part) for part in cast(tuple[str | int, ...], one.get("loc", ())))
    field = place.encode("utf-8", "replace").decode()[:200]  # a name of whoever asks, which may be no text at all
    return FaultModel(code=str(one.get("type", "")), node=field, message=f"{field}: {one.get('msg', '')}")


def status_of(error: TollfreeError) -> int:
    """The HTTP status that tells it."""
    if isinstance(error, ServerError):
        return error.status
    if error.code in STATUSES:
        return STATUSES[error.code]
    if error.code.startswith("unknown_"):
        return 404
    return 503 if error.retryable else 422
