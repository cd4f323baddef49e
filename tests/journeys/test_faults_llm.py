"""A language model fails in every way there is, in whole calls: the next route is asked within the turn; where there is
none, rules and classifier stand for a choice, and the node's own `failed` for a line of a talk.

| fault | a choice | a line of a talk |
| --- | --- | --- |
| refused | nobody listens | the same |
| 500 | instead of an answer | the same |
| stall before the first token | no word ever comes | the same |
| stall in mid-stream | after half of the JSON | in the middle of a sentence |
| rubbish JSON | a line that is none | the same |
| an answer outside the set | an option that there is not | an exit that there is not |
| truncated stream | ends in half the JSON | in the middle of a sentence |
| wrong audio rate | makes none: a model has no sound | makes none |
| slow drip | a letter now and then | the same |

What has begun to write is not changed for another route. A line that stops once a part of it sounds says so and asks
again: see tests/calls/test_model_silence.py.
"""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.planted_secrets import ROUTE_KEY, PlantedSecrets
from tests.fakes.recognizer import ScriptedRecognizer
from tests.fakes.scripted_models import Asked, Script, ScriptedModels
from tests.flows.driven import flow_of
from tests.journeys.faulty_call import (
    LONGEST_SILENCE_MS,
    SPEECH,
    CameTo,
    Case,
    Faulty,
    Matrix,
    all_placed,
    matrix_of,
    open_shop,
)
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock

WORDS = "the thing is no good to anybody like this"
SAYS = "I see, and I am so sorry about that."
INSTEAD = "Let me get somebody for you."
DRIP_MS = 400
FAULTS: dict[str, Script] = {
    "500": Script(status=500, error="we do not like sk-planted+route/key==7Qx"),
    "stall before the first token": Script(stall="before"),
    "stall in mid-stream": Script(stall="middle"),
    "rubbish JSON": Script(rubbish=True),
    "an answer outside the set": Script(),
    "truncated stream": Script(breaks="truncated"),
    "slow drip": Script(each_ms=DRIP_MS),
}
NAMES = ("refused", *FAULTS)
BEHIND = ("next", "alone")


def _route(fault: str, behind: str) -> str:
    return f"{fault} {behind}".replace(" ", "-")


def _words(asked: Asked, *, outside: bool) -> str:
    """What a model that is well would write; `outside`: but for the set it was given."""
    if "say" in (asked.schema or {}).get("properties", {}):
        return json.dumps({"say": "" if outside else SAYS, "exit": "elsewhere" if outside else "done"})
    return json.dumps({"choice": "elsewhere" if outside else "return", "slots": {}})


def _answers(asked: Asked) -> Script:
    """As the model is called, so it fails."""
    fault = next((name for name in FAULTS if asked.model.startswith(name.replace(" ", "-"))), "")
    whole = _words(asked, outside=fault == "an answer outside the set")
    step = 1 if fault == "slow drip" else (len(whole) + 1) // 2
    words = tuple(whole[at : at + step] for at in range(0, len(whole), step))
    script = FAULTS.get(fault, Script())
    given = {name: getattr(script, name) for name in ("status", "error", "stall", "rubbish", "breaks", "each_ms")}
    return Script(words=words, **given)


def _flow(name: str, route: str) -> dict[str, Any]:
    intents = {
        "status": {"phrases": ["status"], "examples": ["where is my order"], "route": route},
        "return": {"phrases": ["return"], "examples": ["I want to send it back"], "route": route},
    }
    exits = {"status": "talk", "return": "bye", "unclear": "instead", "silent": "person"}
    reason = {"kind": "intent", "ask": "What is it?", "intents": intents, "attempts": 1, "route": route, "exits": exits}
    talk = {
        "kind": "talk",
        "goal": "Find out what is wrong.",
        "route": route,
        "outcomes": {"done": "it is clear"},
        "exits": {"done": "bye", "gave_up": "instead", "failed": "instead", "silent": "instead"},
    }
    instead = {"kind": "say", "say": INSTEAD, "exits": {"said": "person"}}
    return flow_of({"reason": reason, "talk": talk, "instead": instead}, name=name)


def _write_routes(home: Path, models: ScriptedModels, away: str) -> None:
    """Each fault is a route of its own, twice: one that has the well one behind it, and one alone."""
    head = {"dialect": "vllm", "api_key_env": ROUTE_KEY}
    routes: dict[str, Any] = {"well": {"base_url": models.base_url, "model": "well", **head}}
    chains: dict[str, list[str]] = {"default": ["well"]}
    for fault in NAMES:
        url = f"http://{away}/v1" if fault == "refused" else models.base_url
        for behind in BEHIND:
            name = _route(fault, behind)
            routes[name] = {"base_url": url, "model": name, **head}
        chains[f"{_route(fault, 'alone')}-chain"] = [_route(fault, "alone")]
    home.mkdir(parents=True, exist_ok=True)
    (home / "routes.yaml").write_text(yaml.safe_dump({"routes": routes, "chains": chains}))


async def _made(clock: Clock, home: Path, planted: PlantedSecrets) -> dict[Case, CameTo]:
    flows: dict[str, dict[str, Any]] = {}
    calls: dict[Case, Faulty] = {}
    for fault in NAMES:
        for behind in BEHIND:
            name = _route(fault, behind).lower().replace("-", "_")
            flow = f"f_{name}"
            flows[flow] = _flow(flow, f"{_route(fault, 'alone')}-chain" if behind == "alone" else _route(fault, behind))
            for asked, words in (("choice", WORDS), ("talk", "status")):
                calls[asked, fault, behind] = Faulty(
                    flow=flow, caller=(SPEECH,), recognizer=lambda words=words: ScriptedRecognizer(words)
                )
    with socket.socket() as nobody:  # bound and not listening: whoever connects is refused
        nobody.bind(("127.0.0.1", 0))
        models = ScriptedModels()
        models.by(_answers)
        async with models.here():
            _write_routes(home, models, f"127.0.0.1:{nobody.getsockname()[1]}")
            async with open_shop(clock, home, flows) as shop:
                came_to = await all_placed(shop, calls)
                await planted.events(shop.office.store)
        assert any(planted.values["route key"] in asked.headers["authorization"] for asked in models.asked)
    return came_to


def made(home: Path, planted: PlantedSecrets) -> dict[Case, CameTo]:
    """Every call that there is."""
    return run_virtually(lambda clock: _made(clock, home, planted))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """What came of every call."""
    with matrix_of(made, tmp_path_factory.mktemp("faults")) as whole:
        yield whole


@pytest.mark.parametrize("fault", NAMES)
@pytest.mark.parametrize("behind", BEHIND)
def test_a_choice_is_made_by_the_next_route_or_by_none(matrix: Matrix, fault: str, behind: str) -> None:
    call = matrix[0]["choice", fault, behind]
    assert call.properly_ended and call.path[0] in ("reason.return", "reason.unclear")
    assert call.silence_ms <= LONGEST_SILENCE_MS
    if behind == "alone":
        assert call.path[0] == "reason.unclear" and INSTEAD in call.lines and "person.connected" in call.path


@pytest.mark.parametrize("fault", ["refused", "500", "stall before the first token"])
def test_who_gives_no_word_is_replaced_within_the_turn(matrix: Matrix, fault: str) -> None:
    assert matrix[0]["choice", fault, "next"].path[0] == "reason.return"
    talk = matrix[0]["talk", fault, "next"]
    assert talk.path[1] == "talk.done" and SAYS in talk.lines
    assert "well used" in talk.engines


@pytest.mark.parametrize("fault", NAMES)
@pytest.mark.parametrize("behind", BEHIND)
def test_a_line_of_a_talk_never_leaves_a_caller_in_silence(matrix: Matrix, fault: str, behind: str) -> None:
    call = matrix[0]["talk", fault, behind]
    assert call.properly_ended and call.path[0] == "reason.status"
    assert call.path[1] in ("talk.done", "talk.failed", "talk.gave_up", "talk.silent")
    assert call.silence_ms <= LONGEST_SILENCE_MS
    if behind == "alone" and fault in ("refused", "500", "stall before the first token"):
        assert call.path[1] == "talk.failed" and INSTEAD in call.lines and "person.connected" in call.path


def test_no_secret_is_in_a_log_or_an_event(matrix: Matrix) -> None:
    planted = matrix[1]
    assert any(place.startswith("call ") for place in planted.looked)
    assert any(place.startswith("log tollfree.") for place in planted.looked)
    planted.nothing_leaked()
