"""Callers at a keyboard, and callers written down."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tollfree.calls.errors import BadScript
from tollfree.calls.line import LineEvent
from tollfree.calls.lines.script import ScriptLine, read_script, read_script_file
from tollfree.calls.lines.typed import LONGEST, TypedLine, clean
from tollfree.calls.lines.written import WrittenLine
from tollfree.protocol.effects import Listen, Say
from tollfree.protocol.events import CallEnded, CallerSilent, CallerSpoke, KeyPressed, Spoken
from tollfree.protocol.ids import EffectId

LISTEN = Listen(id=EffectId("e1"))


async def heard_by(line: TypedLine | ScriptLine) -> LineEvent:
    """What comes when the caller is listened to."""
    line.listen(LISTEN)
    return await line.next()


async def said_on(line: TypedLine | ScriptLine, text: str) -> Spoken:
    """What becomes of a line."""
    line.say(Say(id=EffectId("e1"), text=text))
    spoken = await line.next()
    assert isinstance(spoken, Spoken)
    return spoken


async def typed(text: str) -> list[Any]:
    """What a typed text is heard as, up to the hanging up."""
    line = TypedLine(io.StringIO(text), lambda said: None)
    events = []
    while not events or not isinstance(events[-1], CallEnded):
        events.append(await heard_by(line))
    return events


HUNG_UP = CallEnded(reason="caller_hung_up")
HELLO = read_script("one", "hello")


@pytest.mark.parametrize("make", [lambda: TypedLine(io.StringIO(""), lambda said: None), lambda: ScriptLine(HELLO)])
async def test_a_line_without_sound_is_quiet_as_soon_as_something_was_said(make: Callable[[], WrittenLine]) -> None:
    line = make()
    line.say(Say(id=EffectId("e1"), text="I'll connect you."))
    await asyncio.wait_for(line.quiet(), 1)


# Typed


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("hello\n", CallerSpoke(text="hello")),
        ("  hello  \r\n", CallerSpoke(text="hello")),
        ("\n", CallerSilent()),
        ("   \n", CallerSilent()),
        ("[silence]\n", CallerSilent()),
        ("[SILENCE]\n", CallerSilent()),
        ("[key 41755#]\n", KeyPressed(keys="41755#")),
        ("[key 4 1 7]\n", KeyPressed(keys="417")),
        ("[key x]\n", CallerSilent()),
        ("[hangs up]\n", HUNG_UP),
        ("[else]\n", CallerSpoke(text="[else]")),
        ("no newline at the end", CallerSpoke(text="no newline at the end")),
        ("", HUNG_UP),
        ("\x00\x1b[31mred\x07\n", CallerSpoke(text="[31mred")),
        ("a\x00b\tc\n", CallerSpoke(text="a b c")),
        ("привет 한국어 שלום 😀\n", CallerSpoke(text="привет 한국어 שלום 😀")),
        ("\x00\x01\n", CallerSilent()),
    ],
)
async def test_what_is_typed_is_heard(text: str, event: Any) -> None:
    events = await typed(text)
    assert events == ([HUNG_UP] if event == HUNG_UP else [event, HUNG_UP])


async def test_ten_thousand_characters_are_heard_and_what_follows_them_is_not() -> None:
    assert (await typed("x" * LONGEST))[0] == CallerSpoke(text="x" * LONGEST)
    assert (await typed("x" * (LONGEST + 5)))[0] == CallerSpoke(text="x" * LONGEST)


async def test_after_the_end_of_input_the_caller_has_hung_up() -> None:
    assert await typed("one\ntwo\n") == [CallerSpoke(text="one"), CallerSpoke(text="two"), HUNG_UP]


async def test_what_the_agent_says_is_written_and_heard_whole() -> None:
    said: list[str] = []
    spoken = await said_on(TypedLine(io.StringIO(""), said.append), "Hello.")
    assert (said, spoken.heard, spoken.complete) == (["Hello."], "Hello.", True)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_leaves_anything_that_a_log_or_a_terminal_should_not_be_given(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip() == clean(cleaned)
    assert cleaned.encode("utf-8").decode() == cleaned
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in cleaned)


async def test_bytes_that_are_no_text_do_not_hang_up() -> None:
    source = io.TextIOWrapper(io.BytesIO(b"caf\xe9\nyes\n"), encoding="utf-8")
    line = TypedLine(source, lambda said: None)
    assert [await heard_by(line) for _ in range(3)] == [
        CallerSpoke(text="caf\ufffd"),
        CallerSpoke(text="yes"),
        HUNG_UP,
    ]


async def test_when_nobody_reads_what_the_agent_says_the_caller_has_hung_up() -> None:
    def write(text: str) -> None:
        raise BrokenPipeError

    line = TypedLine(io.StringIO("hello\n"), write)
    spoken = await said_on(line, "Hello.")
    assert (spoken.heard, spoken.complete) == ("", False)
    assert await heard_by(line) == HUNG_UP


# Scripted


def test_a_script_is_a_turn_a_line() -> None:
    script = read_script("one", "# a remark\nhello\n\n[silence]\n[key 41755#]\n[hangs up]\n")
    assert script.turns == (CallerSpoke(text="hello"), CallerSilent(), KeyPressed(keys="41755#"), HUNG_UP)


def test_a_script_says_what_it_promises() -> None:
    script = read_script("one", "#: path a.said\n#: path b.given\n#: outcome served\n#: agent desk\nhello\n")
    assert script.path == ("a.said", "b.given")
    assert script.directives == {"path": "a.said b.given", "outcome": "served", "agent": "desk"}
    assert read_script("two", "hello").path is None


def test_only_a_line_feed_ends_a_turn() -> None:
    turns = read_script("one", "a\u2028b\x0cc\x85d\ve\nf\r\n").turns
    assert turns == (CallerSpoke(text="a\u2028b c d e"), CallerSpoke(text="f"))


def test_a_file_that_cannot_be_read_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadScript, match="missing.txt cannot be read"):
        read_script_file(tmp_path / "missing.txt")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    with pytest.raises(BadScript, match="latin.txt cannot be read"):
        read_script_file(tmp_path / "latin.txt")
    (tmp_path / "bad.txt").write_text("[what]\n")
    with pytest.raises(BadScript, match="bad.txt, line 1"):
        read_script_file(tmp_path / "bad.txt")
    (tmp_path / "good.txt").write_text("hello\n")
    assert read_script_file(tmp_path / "good.txt").name == "good"


async def test_a_script_goes_on_when_nobody_reads_it_any_more() -> None:
    def heard(who: str, text: str) -> None:
        raise BrokenPipeError

    line = ScriptLine(read_script("one", "hello"), heard)
    assert (await said_on(line, "Yes?")).heard == "Yes?"
    assert [await heard_by(line) for _ in range(2)] == [CallerSpoke(text="hello"), HUNG_UP]


@pytest.mark.parametrize("bad", ["[silense]", "[key]", "[key abc]", "[key 1", "[ silence ]", "[hang up]"])
def test_an_event_that_is_none_is_told_with_its_line(bad: str) -> None:
    with pytest.raises(BadScript, match=r"one, line 3: `\[.*` is no event; the events are"):
        read_script("one", f"# a remark\nhello\n{bad}\n")


@pytest.mark.parametrize("text", ["", "\ufeff", "# only a remark\n", "\r\n\r\n"])
def test_a_script_without_turns_is_a_caller_who_hangs_up(text: str) -> None:
    assert read_script("one", text).turns == ()


async def test_a_script_is_played_and_then_the_caller_hangs_up() -> None:
    heard: list[tuple[str, str]] = []
    line = ScriptLine(read_script("one", "hello\n[key 5]\n"), lambda who, text: heard.append((who, text)))
    await said_on(line, "Yes?")
    assert line.unused == 2
    assert [await heard_by(line) for _ in range(3)] == [CallerSpoke(text="hello"), KeyPressed(keys="5"), HUNG_UP]
    assert heard == [("agent", "Yes?"), ("caller", "hello"), ("caller", "[key 5]"), ("caller", "[hangs up]")]
    assert line.unused == 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_no_text_makes_a_script_raise_anything_but_its_own_error(text: str) -> None:
    try:
        script = read_script("one", text)
    except BadScript as error:
        assert error.message.startswith("one, line ")
    else:
        assert all(turn.text for turn in script.turns if isinstance(turn, CallerSpoke))
