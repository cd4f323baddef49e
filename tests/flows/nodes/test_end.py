from tests.flows.driven import Call, flow_of
from tollfree.protocol.effects import HangUp
from tollfree.protocol.events import CallEnded, CallerSpoke
from tollfree.protocol.token import ENDED


def ending(**fields: str) -> Call:
    return Call(flow_of({"done": {"kind": "end", **fields}}))


def test_it_says_goodbye_hangs_up_and_leaves_its_token() -> None:
    call = ending(say="Goodbye.")
    assert call.lines == ["Goodbye."]
    assert isinstance(call.last[-1], HangUp)
    assert [(token.node, token.exit) for token in call.tokens] == [("done", ENDED)]


def test_its_outcome_is_its_name_unless_the_author_gives_another() -> None:
    assert ending().hung_up == "done"
    assert ending(outcome="served").hung_up == ending(outcome="served").state.outcome == "served"


def test_nothing_happens_after_it() -> None:
    call = ending()
    after = call.state
    call.take(CallerSpoke(text="wait!")).take(CallEnded(reason="hung_up"))
    assert call.state == after
    assert call.last == ()
