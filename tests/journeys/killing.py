"""Kills the process of a call in the middle of an order, at a named moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.journeys.shop_line import LiveCall, ShopLine, now, until

CALLER, PHONE = "order-change-of-mind", "+12125550117"
"""Who orders, and their number, under which the shop knows them."""
INTO_S = 0.8
"""Seconds into what the agent says, at which it is cut short."""
CLIP_S = 0.4
"""Seconds into what the caller says."""

Moment = Callable[[ShopLine, LiveCall], Awaitable[None]]


def caller_says(turn: int) -> Moment:
    """In the middle of the caller's words: a few, so that what is left of them is not taken for a turn."""

    async def meddle(line: ShopLine, live: LiveCall) -> None:
        caller = live.caller
        await until(lambda: caller.turn == turn and caller.speaks and now() > caller.began + CLIP_S)
        line.kill_call(live, f"caller says turn {turn + 1}", unheard=True)

    return meddle


def caller_has_said(turn: int) -> Moment:
    """As the caller falls silent: the words are heard and not yet understood."""

    async def meddle(line: ShopLine, live: LiveCall) -> None:
        await until(lambda: live.caller.turn == turn and live.caller.speaks)
        await until(lambda: not live.caller.speaks)
        line.kill_call(live, f"turn {turn + 1} is being understood", unheard=True)

    return meddle


def agent_answers(turn: int) -> Moment:
    """While the agent answers the caller's turn; 0: as it greets."""

    async def meddle(line: ShopLine, live: LiveCall) -> None:
        await until(lambda: live.count("event:caller_spoke") >= turn and live.count("effect:say") > 0)
        begun = now()
        await until(lambda: sum(moment > begun for moment in live.caller.agent_heard()) * 0.02 > INTO_S)
        line.kill_call(live, f"agent answers turn {turn}" if turn else "agent greets")

    return meddle


def order_is_placed(answer_s: float = 0.0) -> Moment:
    """While the shop is asked to place the order. `answer_s`: how long it takes with its answer."""

    async def meddle(line: ShopLine, live: LiveCall) -> None:
        await until(lambda: live.count("effect:say") > 0)
        if answer_s:
            fault = {"kind": "slow", "path": "/orders", "method": "POST", "call": live.id, "times": 1}
            with line.shop.client() as client:
                client.post("/faults", json={**fault, "seconds": answer_s}).raise_for_status()
        await until(lambda: _placing(live))
        line.kill_call(live, "the shop is placing the order" if answer_s else "the shop has just placed it")

    return meddle


def _placing(live: LiveCall) -> bool:
    return any(e.record.kind == "effect" and e.record.data.get("tool") == "orders.place" for e in live.entries)


MOMENTS: tuple[Moment, ...] = (
    agent_answers(0),
    caller_has_said(0),
    agent_answers(1),
    caller_says(1),
    agent_answers(3),
    caller_has_said(4),
    agent_answers(6),
    caller_says(7),
    order_is_placed(2.0),
    order_is_placed(),
)


@dataclass(frozen=True)
class Survived:
    """What came of a call whose process was killed."""

    during: str
    back_s: float
    """Until the caller heard the agent again."""
    as_typed: bool
    placed: tuple[str, ...]
    """Orders that the shop has of this call."""
    differences: tuple[str, ...]
    """Of the log's replay."""
    words: str


async def survive(line: ShopLine, moment: Moment, voice: str) -> Survived:
    """An order, cut off once."""
    made = await line.make(CALLER, voice, meddle=moment)
    return Survived(
        during=made.live.killed[0][0] if made.live.killed else "never killed",
        back_s=made.live.back_s()[0] if made.live.killed else float("inf"),
        as_typed=made.as_typed,
        placed=tuple(line.placed(made.call.id, PHONE)),
        differences=await line.replays(made.call.id),
        words="\n".join([made.words(), *(str(note) for note in made.notes("line_closed"))]),
    )
