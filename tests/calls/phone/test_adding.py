"""Numbers and LiveKit: through the real client, against an API that answers as LiveKit 1.13.5 with Redis does."""

from collections.abc import AsyncIterator

import pytest
from livekit import api
from pydantic import SecretStr

from tests.fakes.livekit_api import KEY, SECRET, FakeLiveKit, Refused
from tollfree.calls.errors import BadProject
from tollfree.calls.phone.adding import add_number, bring_all, orphans, remove_number
from tollfree.calls.phone.errors import BadNumber, LiveKitAway, LiveKitRefused, NoLiveKit, NoSipService
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.store.errors import NumberTaken, UnknownNumber
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import ProjectId

SHOP, OTHER = ProjectId("shop"), ProjectId("other")
NUMBER = "+12125550100"
NOWHERE = PhoneSettings(livekit_url="", livekit_api_key="", livekit_api_secret=SecretStr(""))


@pytest.fixture
async def livekit() -> AsyncIterator[FakeLiveKit]:
    async with FakeLiveKit() as fake:
        yield fake


@pytest.fixture
async def shop(kept: Store) -> Store:
    """A project with two agents, in the US."""
    agents = {"main": {"flow": "support"}, "returns": {"flow": "returns"}}
    await kept.projects.new(SHOP, settings={"name": "The Shop", "agents": agents})
    await kept.projects.new(OTHER, settings={"name": "Other"})
    return kept


def settings(livekit: FakeLiveKit, secret: str = SECRET) -> PhoneSettings:
    return PhoneSettings(livekit_url=livekit.url, livekit_api_key=KEY, livekit_api_secret=SecretStr(secret))


async def test_adding_makes_a_trunk_and_a_rule_that_sends_the_agent_into_a_room_for_each_call(
    shop: Store, livekit: FakeLiveKit
) -> None:
    brought = await add_number(shop, settings(livekit), SHOP, "(212) 555-0100", addresses=["203.0.113.7"])
    [trunk], [rule] = livekit.trunks.values(), livekit.rules.values()
    assert (list(trunk.numbers), list(trunk.allowed_addresses)) == ([NUMBER], ["203.0.113.7"])
    assert list(rule.trunk_ids) == [trunk.sip_trunk_id] and list(rule.numbers) == [NUMBER]
    assert rule.rule.dispatch_rule_individual.room_prefix == "call"
    [agent] = rule.room_config.agents
    assert (agent.agent_name, agent.metadata) == ("tollfree", '{"project": "shop", "agent": "main"}')
    assert (brought.number.trunk, brought.number.dispatch_rule) == (trunk.sip_trunk_id, rule.sip_dispatch_rule_id)
    assert brought.changed and brought.number.reachable


async def test_adding_twice_changes_nothing(shop: Store, livekit: FakeLiveKit) -> None:
    first = await add_number(shop, settings(livekit), SHOP, NUMBER)
    asked = len(livekit.asked)
    again = await add_number(shop, settings(livekit), SHOP, NUMBER)
    assert (again.number, again.changed, len(livekit.asked)) == (first.number, False, asked)


@pytest.mark.parametrize("answered", range(5))
async def test_an_add_that_broke_off_anywhere_is_finished_by_the_next(
    shop: Store, livekit: FakeLiveKit, answered: int
) -> None:
    livekit.fails_after = answered
    await add_number(shop, settings(livekit), SHOP, NUMBER)
    livekit.fails_after = None
    brought = await add_number(shop, settings(livekit), SHOP, NUMBER)
    assert brought.number.reachable
    assert (len(livekit.trunks), len(livekit.rules)) == (1, 1)


async def test_other_addresses_change_the_trunk_and_another_installations_trunk_is_left_alone(
    shop: Store, livekit: FakeLiveKit
) -> None:
    theirs = api.SIPInboundTrunkInfo(sip_trunk_id="ST_theirs", name="theirs", numbers=[NUMBER, "+12125550101"])
    livekit.trunks["ST_theirs"] = theirs
    one = await add_number(shop, settings(livekit), SHOP, NUMBER, addresses=["10.0.0.0/8"])
    two = await add_number(shop, settings(livekit), SHOP, "+12125550101", agent="returns")
    assert (one.number.trunk, two.number.trunk) == ("ST_theirs", "ST_theirs")
    assert list(livekit.trunks) == ["ST_theirs"] and not theirs.allowed_addresses
    assert len(livekit.rules) == 2
    await remove_number(shop, settings(livekit), NUMBER)
    await remove_number(shop, settings(livekit), "+12125550101")
    assert list(livekit.trunks) == ["ST_theirs"] and not livekit.rules

    await add_number(shop, settings(livekit), SHOP, "+12125550102", addresses=["10.0.0.1"])
    await add_number(shop, settings(livekit), SHOP, "+12125550102", addresses=["10.0.0.2", "10.1.0.0/16"])
    [mine] = [trunk for trunk in livekit.trunks.values() if trunk.sip_trunk_id != "ST_theirs"]
    assert list(mine.allowed_addresses) == ["10.0.0.2", "10.1.0.0/16"]


async def test_calls_that_somebody_elses_rule_sends_elsewhere_are_told(shop: Store, livekit: FakeLiveKit) -> None:
    livekit.trunks["ST_1"] = api.SIPInboundTrunkInfo(sip_trunk_id="ST_1", numbers=[NUMBER])
    livekit.rules["SDR_1"] = api.SIPDispatchRuleInfo(sip_dispatch_rule_id="SDR_1", trunk_ids=["ST_1"], numbers=[NUMBER])
    brought = await add_number(shop, settings(livekit), SHOP, NUMBER)
    assert isinstance(brought.missing, LiveKitRefused)
    assert "elsewhere already" in brought.missing.message and "--no-sip" in brought.missing.message


async def test_a_number_that_is_taken_is_refused_and_one_agent_only_answers_it(
    shop: Store, livekit: FakeLiveKit
) -> None:
    await add_number(shop, settings(livekit), SHOP, NUMBER)
    for project, agent in ((OTHER, "main"), (SHOP, "returns")):
        with pytest.raises(NumberTaken, match="answered by the agent 'main' of project 'shop'"):
            await add_number(shop, settings(livekit), project, NUMBER, agent=agent)
    assert len(livekit.trunks) == 1


async def test_an_agent_that_the_project_lacks_a_number_that_is_none_and_a_bad_address_are_refused(
    shop: Store,
) -> None:
    with pytest.raises(BadProject, match="no agent `night`; it has main, returns"):
        await add_number(shop, NOWHERE, SHOP, NUMBER, agent="night")
    with pytest.raises(BadNumber):
        await add_number(shop, NOWHERE, SHOP, "front desk")
    with pytest.raises(BadNumber, match="no address of a provider"):
        await add_number(shop, NOWHERE, SHOP, NUMBER, addresses=["sip.example"])
    assert await shop.numbers.list() == ()


async def test_without_livekit_a_number_is_kept_and_brought_later(shop: Store, livekit: FakeLiveKit) -> None:
    kept = await add_number(shop, NOWHERE, SHOP, NUMBER)
    assert isinstance(kept.missing, NoLiveKit) and not kept.number.reachable
    away = PhoneSettings(livekit_url="ws://127.0.0.1:1", livekit_api_key=KEY, livekit_api_secret=SecretStr(SECRET))
    [still] = await bring_all(shop, away)
    assert isinstance(still.missing, LiveKitAway) and still.missing.retryable
    [brought] = await bring_all(shop, settings(livekit))
    assert brought.changed and brought.number.reachable
    [again] = await bring_all(shop, settings(livekit))
    assert not again.changed


@pytest.mark.parametrize(
    ("refused", "error", "words"),
    [
        (Refused(500, "internal", "sip not connected (redis required)"), NoSipService, "needs Redis"),
        (Refused(503, "unavailable", "no response from servers"), NoSipService, "livekit-sip"),
        (Refused(503, "unavailable", "restarting"), LiveKitAway, "does not answer"),
        (Refused(401, "unauthenticated", "invalid token"), LiveKitRefused, "TOLLFREE_LIVEKIT_API_KEY"),
        (Refused(400, "invalid_argument", "name too long"), LiveKitRefused, "name too long"),
    ],
)
async def test_what_livekit_refuses_is_told_in_a_sentence_and_the_number_is_kept(
    shop: Store, livekit: FakeLiveKit, refused: Refused, error: type[Exception], words: str
) -> None:
    livekit.refuses = refused
    brought = await add_number(shop, settings(livekit), SHOP, NUMBER)
    assert isinstance(brought.missing, error) and words in brought.missing.message
    assert [one.number for one in await shop.numbers.list()] == [NUMBER]


async def test_a_secret_that_is_not_the_servers_is_refused(shop: Store, livekit: FakeLiveKit) -> None:
    brought = await add_number(
        shop, settings(livekit, secret="quite another secret of thirty-two letters"), SHOP, NUMBER
    )
    assert isinstance(brought.missing, LiveKitRefused)


async def test_removing_removes_the_trunk_and_the_rule_and_keeps_the_number_while_that_is_impossible(
    shop: Store, livekit: FakeLiveKit
) -> None:
    await add_number(shop, settings(livekit), SHOP, NUMBER)
    livekit.refuses = Refused(503, "unavailable", "restarting")
    with pytest.raises(LiveKitAway, match="still rings there, so it was not removed"):
        await remove_number(shop, settings(livekit), NUMBER)
    assert len(await shop.numbers.list()) == 1
    livekit.refuses = None
    removed = await remove_number(shop, settings(livekit), "2125550100")
    assert removed.number == NUMBER
    assert not livekit.trunks and not livekit.rules and await shop.numbers.list() == ()
    with pytest.raises(UnknownNumber):
        await remove_number(shop, settings(livekit), NUMBER)


async def test_a_number_removed_only_here_leaves_an_orphan_that_pruning_removes(
    shop: Store, livekit: FakeLiveKit
) -> None:
    await add_number(shop, settings(livekit), SHOP, NUMBER)
    await remove_number(shop, NOWHERE, NUMBER, only_here=True)
    [orphan] = await orphans(shop, settings(livekit))
    assert orphan.numbers == (NUMBER,)
    await bring_all(shop, settings(livekit), prune=True)
    assert not livekit.trunks and not livekit.rules


async def test_a_number_that_livekit_is_no_longer_to_bring_loses_its_trunk(shop: Store, livekit: FakeLiveKit) -> None:
    await add_number(shop, settings(livekit), SHOP, NUMBER)
    brought = await add_number(shop, settings(livekit), SHOP, NUMBER, by_sip=False)
    assert not livekit.trunks and not livekit.rules
    assert brought.number.trunk == "" and brought.number.reachable


async def test_a_number_goes_with_its_project(shop: Store, livekit: FakeLiveKit) -> None:
    await add_number(shop, settings(livekit), SHOP, NUMBER)
    await shop.projects.delete(SHOP)
    assert await shop.numbers.list() == ()
