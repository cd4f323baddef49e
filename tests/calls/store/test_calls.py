import pytest

from tests.calls.store.shop import MAIN, NOW, SHOP, furnish, make_call
from tollfree.calls.store.calls import Call
from tollfree.calls.store.document import digest
from tollfree.calls.store.errors import CallClosed, CallExists, UnknownCall, UnknownFlow, UnknownVersion
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import CallId, FlowId, ProjectId


async def test_a_call_comes_back_as_it_began(shop: Store) -> None:
    call = make_call("c1")
    await shop.calls.begin(call)
    assert await shop.calls.get(call.id) == call
    assert await shop.calls.final_state(call.id) is None


async def test_a_call_ends_once_with_its_state_and_its_digest(shop: Store) -> None:
    call = make_call("c1")
    await shop.calls.begin(call)
    sha256 = await shop.calls.end(call.id, ended_at=NOW, outcome="order_placed", state={"slots": {"n": 2}})
    ended = await shop.calls.get(call.id)
    assert (ended.outcome, ended.ended_at) == ("order_placed", NOW)
    final = await shop.calls.final_state(call.id)
    assert final is not None and final.state == {"slots": {"n": 2}}
    assert final.sha256 == sha256 == digest(final.state)
    with pytest.raises(CallClosed):
        await shop.calls.end(call.id, ended_at=NOW, outcome="other", state={})
    assert (await shop.calls.get(call.id)).outcome == "order_placed"


async def test_a_call_needs_a_version_that_exists(shop: Store) -> None:
    with pytest.raises(UnknownVersion, match="version 9"):
        await shop.calls.begin(make_call("c1", version=9))
    with pytest.raises(UnknownFlow, match="'other'"):
        await shop.calls.begin(make_call("c1", flow=FlowId("other")))


async def test_an_id_is_used_once(shop: Store) -> None:
    await shop.calls.begin(make_call("c1"))
    with pytest.raises(CallExists, match="'c1'"):
        await shop.calls.begin(make_call("c1"))


async def test_a_call_that_is_not_there_is_named(shop: Store) -> None:
    nobody = CallId("nobody")
    for request in (
        shop.calls.get(nobody),
        shop.calls.final_state(nobody),
        shop.calls.end(nobody, ended_at=NOW, outcome="", state={}),
        shop.log.read(nobody),
    ):
        with pytest.raises(UnknownCall, match="'nobody'"):
            await request


@pytest.fixture
async def seven(shop: Store) -> Store:
    """Calls 0 to 6; odd ones are another project's, the first three have ended, 1 with an order."""
    cafe = ProjectId("cafe")
    await furnish(shop, cafe)
    for n in range(7):
        await shop.calls.begin(make_call(f"c{n}", project=cafe if n % 2 else SHOP))
    for n in range(3):
        outcome = "order_placed" if n == 1 else "goodbye"
        await shop.calls.end(CallId(f"c{n}"), ended_at=NOW, outcome=outcome, state={})
    return shop


def ids(calls: tuple[Call, ...]) -> str:
    return "".join(call.id[1:] for call in calls)


async def test_calls_are_listed_newest_first(seven: Store) -> None:
    assert ids((await seven.calls.list()).calls) == "6543210"


async def test_filters_narrow_the_list(seven: Store) -> None:
    listed = seven.calls.list
    assert ids((await listed(project=SHOP)).calls) == "6420"
    assert ids((await listed(outcome="order_placed")).calls) == "1"
    assert ids((await listed(project=SHOP, outcome="order_placed")).calls) == ""
    assert ids((await listed(ended=False)).calls) == "6543"
    assert ids((await listed(ended=True, project=SHOP)).calls) == "20"
    assert ids((await listed(flow=MAIN, limit=2)).calls) == "65"
    assert ids((await listed(flow=FlowId("other"))).calls) == ""


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
async def test_pages_join_to_the_whole_list(seven: Store, limit: int) -> None:
    seen, before = "", None
    for _ in range(8):
        page = await seven.calls.list(before=before, limit=limit)
        seen += ids(page.calls)
        before = page.older
        if before is None:
            break
    assert seen == "6543210"
