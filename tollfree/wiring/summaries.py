"""What a call was about, told when it is over."""

import logging

from tollfree.calls.publishing import project_settings
from tollfree.calls.resuming import fold
from tollfree.flows.summing_up import summed_up
from tollfree.language.llm.base import Priority
from tollfree.language.llm.prompts import Scene
from tollfree.protocol.effects import Compose
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.turn import Turn
from tollfree.wiring.call_models import CallModels
from tollfree.wiring.office import Office

_log = logging.getLogger(__name__)


async def summary_of(office: Office, call: CallId) -> tuple[str, str]:
    """A sentence or two, and who wrote them: a language model where one is configured and answers, else `engine`, from
    the exits that were taken and the values that were given. Raises as `fold`."""
    found = await fold(office.store, call)
    await office.routes.look()
    if office.routes.routes.routes and found.facts is not None:
        settings = await project_settings(office.store, found.call.project)
        models = CallModels(office.routes)
        composer = models.composer(
            Scene(settings.name, found.facts.language), found.facts, priority=lambda: Priority.AFTER_CALL
        )
        values = {
            name: value for scope in found.state.scopes for name, value in scope.values.items() if value is not None
        }
        compose = Compose(
            id=EffectId("summary"),
            purpose="summary",
            instructions="",
            history=await _turns(office, call),
            values={**values, "outcome": found.state.outcome, "path": list(found.path)},
            route=found.state.route,
        )
        try:
            composed = await composer.compose(compose, lambda words: None)
        except TollfreeError as error:
            _log.info("no language model could sum the call up", extra={"call_id": call, "code": error.code})
        else:
            return composed.text, composed.decided_by
    ended = f" The call ended with {found.state.outcome}." if found.state.outcome else ""
    return summed_up(found.flow, found.state) + ended, "engine"


async def _turns(office: Office, call: CallId) -> tuple[Turn, ...]:
    """All that was said and heard."""
    turns: list[Turn] = []
    async for entry in office.store.log.stream(call):
        record = entry.record
        if (record.kind, record.type) == ("event", "caller_spoke"):
            turns.append(Turn("caller", str(record.data["text"])))
        elif (record.kind, record.type) == ("event", "spoken") and record.data["heard"]:
            turns.append(Turn("agent", str(record.data["heard"])))
    return tuple(turns)
