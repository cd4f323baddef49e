"""What LiveKit must know so that a number rings here: its inbound trunk, and the rule that gives each of its calls a
room of its own and an agent in it.

Everything is looked up before it is made, so that doing it twice changes nothing and what was half done is finished.
Trunks and rules that somebody else made are used where they fit, and never changed or removed.
"""

import json
from dataclasses import dataclass

from livekit import api

from tollfree.calls.phone.errors import LiveKitRefused
from tollfree.calls.phone.server import LiveKitServer, refusals
from tollfree.calls.store.numbers import Number

MADE_HERE = json.dumps({"made_by": "tollfree"})
"""The metadata of what this program made."""
ROOM_PREFIX = "call"
"""Rooms of telephone calls are named `call_CALLER_RANDOM`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What brings a number's calls here."""

    trunk: str
    dispatch_rule: str
    changed: bool
    """Whether anything had to be made or changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A trunk that this program made for a number that nobody answers here."""

    trunk: str
    numbers: tuple[str, ...]


class Trunks:
    """The inbound trunks and dispatch rules of one LiveKit server. Every method raises `PhoneError`."""

    def __init__(self, server: LiveKitServer, opened: api.LiveKitAPI, *, worker: str) -> None:
        """`worker`: the name under which the workers take calls."""
        self._url = server.url
        self._sip = opened.sip
        self._worker = worker

    async def bring(self, number: Number) -> Reached:
        """Have a number's calls brought here."""
        with refusals(self._url):
            trunk, trunk_changed = await self._trunk(number)
            rule, rule_changed = await self._rule(number, trunk)
        return Reached(
            trunk=trunk.sip_trunk_id,
            dispatch_rule=rule.sip_dispatch_rule_id,
            changed=trunk_changed or rule_changed,
        )

    async def take_away(self, number: str) -> bool:
        """Remove what this program made for a number; whether there was anything."""
        with refusals(self._url):
            trunks = [trunk for trunk in await self._trunks_of(number)]
            rules = [rule for trunk in trunks for rule in await self._rules_of(trunk.sip_trunk_id, number)]
            for rule in rules:
                await self._sip.delete_dispatch_rule(
                    api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=rule.sip_dispatch_rule_id)
                )
            mine = [trunk for trunk in trunks if trunk.metadata == MADE_HERE]
            for trunk in mine:
                await self._sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=trunk.sip_trunk_id))
        return bool(mine or rules)

    async def orphans(self, known: frozenset[str]) -> tuple[Orphan, ...]:
        """Trunks made by this program, for numbers that are not among the known. Where several installations share
        a LiveKit server, these may be another's."""
        with refusals(self._url):
            listed = await self._sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())
        return tuple(
            Orphan(trunk=trunk.sip_trunk_id, numbers=tuple(trunk.numbers))
            for trunk in listed.items
            if trunk.metadata == MADE_HERE and not known.intersection(trunk.numbers)
        )

    async def _trunk(self, number: Number) -> tuple[api.SIPInboundTrunkInfo, bool]:
        found = await self._trunks_of(number.number)
        trunk = next((one for one in found if one.sip_trunk_id == number.trunk), found[0] if found else None)
        if trunk is None:
            wanted = api.SIPInboundTrunkInfo(
                name=f"tollfree {number.number}",
                metadata=MADE_HERE,
                numbers=[number.number],
                allowed_addresses=number.addresses,
            )
            made = await self._sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=wanted))
            return made, True
        if trunk.metadata != MADE_HERE or tuple(trunk.allowed_addresses) == number.addresses:
            return trunk, False
        del trunk.allowed_addresses[:]
        trunk.allowed_addresses.extend(number.addresses)
        return await self._sip.update_inbound_trunk(trunk.sip_trunk_id, trunk), True

    async def _rule(self, number: Number, trunk: api.SIPInboundTrunkInfo) -> tuple[api.SIPDispatchRuleInfo, bool]:
        wanted = self._wanted_rule(number, trunk.sip_trunk_id)
        found = await self._rules_of(trunk.sip_trunk_id, number.number)
        if not found:
            try:
                return await self._sip.create_dispatch_rule(
                    api.CreateSIPDispatchRuleRequest(dispatch_rule=wanted)
                ), True
            except api.ServerError as error:
                if error.code != api.ServerErrorCode.INVALID_ARGUMENT:
                    raise
                raise LiveKitRefused(
                    f"LiveKit sends the calls of {number.number} elsewhere already: {error.message}. "
                    "Remove that rule, or add the number with --no-sip and let your own rule name the agent."
                ) from error
        rule = found[0]
        if _same_rule(rule, wanted):
            return rule, False
        return await self._sip.update_dispatch_rule(rule.sip_dispatch_rule_id, wanted), True

    def _wanted_rule(self, number: Number, trunk: str) -> api.SIPDispatchRuleInfo:
        """Each call in a room of its own, and the agent sent for by name; the job's metadata says whose call it is."""
        metadata = json.dumps({"project": number.project, "agent": number.agent})
        dispatch = api.RoomAgentDispatch(agent_name=self._worker, metadata=metadata)
        individual = api.SIPDispatchRuleIndividual(room_prefix=ROOM_PREFIX)
        return api.SIPDispatchRuleInfo(
            name=f"tollfree {number.number}",
            metadata=MADE_HERE,
            trunk_ids=[trunk],
            numbers=[number.number],
            rule=api.SIPDispatchRule(dispatch_rule_individual=individual),
            room_config=api.RoomConfiguration(agents=[dispatch]),
        )

    async def _trunks_of(self, number: str) -> list[api.SIPInboundTrunkInfo]:
        """Trunks that name the number, ours first."""
        listed = await self._sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest(numbers=[number]))
        found = [trunk for trunk in listed.items if number in trunk.numbers]
        return sorted(found, key=lambda trunk: trunk.metadata != MADE_HERE)

    async def _rules_of(self, trunk: str, number: str) -> list[api.SIPDispatchRuleInfo]:
        """The rules that this program made for a number on a trunk."""
        listed = await self._sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest(trunk_ids=[trunk]))
        return [
            rule
            for rule in listed.items
            if rule.metadata == MADE_HERE and trunk in rule.trunk_ids and number in rule.numbers
        ]


def _same_rule(one: api.SIPDispatchRuleInfo, other: api.SIPDispatchRuleInfo) -> bool:
    """Whether two rules do the same; the server adds fields of its own."""
    return (
        one.rule == other.rule
        and list(one.trunk_ids) == list(other.trunk_ids)
        and list(one.numbers) == list(other.numbers)
        and list(one.room_config.agents) == list(other.room_config.agents)
    )
