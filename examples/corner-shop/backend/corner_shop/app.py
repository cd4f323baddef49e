"""The shop over HTTP: one small function per endpoint, errors always as JSON."""

import re
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corner_shop import accounts, orders, returns, staff
from corner_shop.bodies import NewOrder, NewReturn, NewStaffRequest
from corner_shop.calendar import Calendar
from corner_shop.catalogue import Catalogue
from corner_shop.database import Database
from corner_shop.errors import Invalid, ShopError, TooLarge
from corner_shop.faults import Fault, FaultMiddleware, Faults
from corner_shop.orders import Order
from corner_shop.shops import Shops

BODY_LIMIT = 64 * 1024
"""Bytes of the largest body taken."""
HEADER_LIMIT = 200
"""Characters of the longest call id or idempotency key."""

BodyT = TypeVar("BodyT", bound=BaseModel)
ResultT = TypeVar("ResultT")


class Counter:
    """What the endpoints share. Each serves one request and keeps nothing."""

    def __init__(self, shops: Shops, catalogue: Catalogue, calendar: Calendar, faults: Faults) -> None:
        self.shops = shops
        self.catalogue = catalogue
        self.calendar = calendar
        self.faults = faults

    async def health(self, request: Request) -> Response:
        """GET /health"""
        return JSONResponse({"ok": True, "mode": self.shops.mode, "today": self.calendar.today().isoformat()})

    async def list_catalogue(self, request: Request) -> Response:
        """GET /catalogue"""
        return JSONResponse({"items": [dict(item.record) for item in self.catalogue.items.values()]})

    async def find_account(self, request: Request) -> Response:
        """GET /accounts?phone= or ?email="""
        phone, email = request.query_params.get("phone", ""), request.query_params.get("email", "").strip()
        if bool(phone.strip()) == bool(email):
            raise Invalid("query_invalid", "Ask for an account by either phone or email.")
        number = as_e164(phone) if phone.strip() else ""

        def found(shop: Database) -> dict[str, object]:
            with shop.reading() as connection:
                account = accounts.find(connection, phone=number, email=email)
                return accounts.to_json(connection, account)

        return JSONResponse(await self._with_shop(request, found))

    async def get_account(self, request: Request) -> Response:
        """GET /accounts/{id}"""

        def found(shop: Database) -> dict[str, object]:
            with shop.reading() as connection:
                return accounts.to_json(connection, accounts.get(connection, request.path_params["id"]))

        return JSONResponse(await self._with_shop(request, found))

    async def orders_of_account(self, request: Request) -> Response:
        """GET /accounts/{id}/orders"""

        def found(shop: Database) -> list[Order]:
            with shop.reading() as connection:
                return orders.of_account(connection, request.path_params["id"])

        listed = [self._order_json(order) for order in await self._with_shop(request, found)]
        return JSONResponse({"count": len(listed), "orders": listed})

    async def get_order(self, request: Request) -> Response:
        """GET /orders/{number}"""

        def found(shop: Database) -> Order:
            with shop.reading() as connection:
                return orders.get(connection, request.path_params["number"])

        return JSONResponse(self._order_json(await self._with_shop(request, found)))

    async def place_order(self, request: Request) -> Response:
        """POST /orders"""
        body, key = await read_body(request, NewOrder), header(request, "Idempotency-Key")

        def placed(shop: Database) -> tuple[Order, bool]:
            with shop.writing() as connection:
                return orders.place(connection, body, key, self.catalogue, self.calendar)

        order, new = await self._with_shop(request, placed)
        return JSONResponse(self._order_json(order), 201 if new else 200)

    async def request_return(self, request: Request) -> Response:
        """POST /orders/{number}/returns"""
        body, key = await read_body(request, NewReturn), header(request, "Idempotency-Key")

        def requested(shop: Database) -> tuple[dict[str, object], bool]:
            with shop.writing() as connection:
                return returns.request(connection, request.path_params["number"], body, key, self.calendar)

        answer, new = await self._with_shop(request, requested)
        return JSONResponse(answer, 201 if new and answer["accepted"] else 200)

    async def returns_of_order(self, request: Request) -> Response:
        """GET /orders/{number}/returns"""

        def found(shop: Database) -> list[dict[str, object]]:
            with shop.reading() as connection:
                return returns.of_order(connection, request.path_params["number"])

        return JSONResponse({"returns": await self._with_shop(request, found)})

    async def hours(self, request: Request) -> Response:
        """GET /hours?date="""
        asked = request.query_params.get("date", "")
        try:
            day = date.fromisoformat(asked) if asked else None
            return JSONResponse(self.calendar.to_json(day))
        except (ValueError, OverflowError) as fault:
            raise Invalid("date_invalid", f"{asked[:40]!r} is not a date such as 2026-11-24.") from fault

    async def queue_for_staff(self, request: Request) -> Response:
        """POST /staff/requests"""
        body, key = await read_body(request, NewStaffRequest), header(request, "Idempotency-Key")
        call = header(request, "Tollfree-Call")

        def queued(shop: Database) -> tuple[dict[str, object], bool]:
            with shop.writing() as connection:
                return staff.queue(connection, body, key, call, self.calendar)

        answer, new = await self._with_shop(request, queued)
        return JSONResponse({**answer, "staff_on_duty": self.calendar.is_open()}, 201 if new else 200)

    async def staff_queue(self, request: Request) -> Response:
        """GET /staff/requests"""

        def found(shop: Database) -> list[dict[str, object]]:
            with shop.reading() as connection:
                return staff.waiting(connection)

        return JSONResponse({"waiting": await self._with_shop(request, found)})

    async def get_staff_request(self, request: Request) -> Response:
        """GET /staff/requests/{id}"""

        def found(shop: Database) -> dict[str, object]:
            with shop.reading() as connection:
                return staff.get(connection, request.path_params["id"])

        return JSONResponse(await self._with_shop(request, found))

    async def withdraw_staff_request(self, request: Request) -> Response:
        """DELETE /staff/requests/{id}"""

        def withdrawn(shop: Database) -> dict[str, object]:
            with shop.writing() as connection:
                return staff.withdraw(connection, request.path_params["id"])

        return JSONResponse(await self._with_shop(request, withdrawn))

    async def control_faults(self, request: Request) -> Response:
        """GET, POST, DELETE /faults"""
        if request.client is None or request.client.host not in ("127.0.0.1", "::1"):
            raise HTTPException(403, "Only from this machine.")
        if request.method == "POST":
            self.faults.add(await read_body(request, Fault))
        elif request.method == "DELETE":
            self.faults.clear()
        return JSONResponse({"faults": self.faults.to_json()})

    def _order_json(self, order: Order) -> dict[str, object]:
        return {**order.to_json(), **returns.judge(order, self.calendar.today()).to_json()}

    async def _with_shop(self, request: Request, work: Callable[[Database], ResultT]) -> ResultT:
        call = header(request, "Tollfree-Call")
        return await run_in_threadpool(lambda: work(self.shops.of_call(call)))


def header(request: Request, name: str) -> str:
    """A request header, empty when it is not sent. Raises Invalid when it is too long to be honest."""
    value = request.headers.get(name, "").strip()
    if len(value) > HEADER_LIMIT:
        raise Invalid("header_invalid", f"{name} is longer than {HEADER_LIMIT} characters.")
    return value


async def read_body(request: Request, model: type[BodyT]) -> BodyT:
    """The body as the endpoint's model. Raises TooLarge, or Invalid with every fault in it."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise TooLarge("body_too_large", f"A body may have at most {BODY_LIMIT} bytes.")
    try:
        return model.model_validate_json(body)
    except ValidationError as invalid:
        faults = tuple(
            f"{'.'.join(str(part) for part in fault['loc']) or 'body'}: {fault['msg']}"
            for fault in invalid.errors(include_url=False, include_context=False, include_input=False)
        )
        raise Invalid("body_invalid", "; ".join(faults), faults) from invalid


def as_e164(phone: str) -> str:
    """A phone number in E.164; ten digits are American. Raises Invalid when it can be no number at all."""
    digits = re.sub(r"[\s().+-]", "", phone)
    if not digits.isascii() or not digits.isdigit() or not 8 <= len(digits) <= 15:
        raise Invalid("phone_invalid", f"{phone.strip()[:40]!r} is not a phone number such as +12125550142.")
    return f"+1{digits}" if len(digits) == 10 and not phone.strip().startswith("+") else f"+{digits}"


async def _shop_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ShopError)  # registered for nothing else
    return _error_json(error.status, error.code, error.message, error.details)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # registered for nothing else
    return _error_json(error.status_code, f"http_{error.status_code}", error.detail, ())


async def _database_error(request: Request, error: Exception) -> Response:
    return _error_json(503, "database_busy", "The shop's database cannot be used just now.", ())


async def _crash(request: Request, error: Exception) -> Response:
    return _error_json(500, "internal", "Something went wrong.", ())


def _error_json(status: int, code: str, message: str, details: tuple[str, ...]) -> Response:
    return JSONResponse({"error": {"code": code, "message": message, "details": list(details)}}, status)


def create_app(
    shops: Shops, catalogue: Catalogue, calendar: Calendar, *, faults: Faults | None = None, control: bool = False
) -> Starlette:
    """The shop as an ASGI application; it closes `shops` when it shuts down.

    `faults`: rules in force from the start. `control`: whether /faults and the Shop-Fault header work.
    """
    rules = faults if faults is not None else Faults()
    counter = Counter(shops, catalogue, calendar, rules)
    routes = [
        Route("/health", counter.health),
        Route("/catalogue", counter.list_catalogue),
        Route("/accounts", counter.find_account),
        Route("/accounts/{id}", counter.get_account),
        Route("/accounts/{id}/orders", counter.orders_of_account),
        Route("/orders", counter.place_order, methods=["POST"]),
        Route("/orders/{number}", counter.get_order),
        Route("/orders/{number}/returns", counter.request_return, methods=["POST"]),
        Route("/orders/{number}/returns", counter.returns_of_order, methods=["GET"]),
        Route("/hours", counter.hours),
        Route("/staff/requests", counter.queue_for_staff, methods=["POST"]),
        Route("/staff/requests", counter.staff_queue, methods=["GET"]),
        Route("/staff/requests/{id}", counter.get_staff_request, methods=["GET"]),
        Route("/staff/requests/{id}", counter.withdraw_staff_request, methods=["DELETE"]),
    ]
    if control:
        routes.append(Route("/faults", counter.control_faults, methods=["GET", "POST", "DELETE"]))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        yield
        shops.close()

    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(FaultMiddleware, faults=rules, by_header=control)],
        exception_handlers={
            ShopError: _shop_error,
            HTTPException: _http_error,
            sqlite3.OperationalError: _database_error,
            Exception: _crash,
        },
    )
