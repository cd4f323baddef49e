"""Whatever is said, begun, taken back and cut short, and in whatever order: each line is answered once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calls.test_mouth import Interruptible, Rig, settle
from tollfree.protocol.effects import Say
from tollfree.protocol.ids import EffectId

_TEXTS = ("", "Hi.", "One two. Three four five.", "Bad.", "Kept.", "Bad. Then good.", "A longer line without any end")
_OPS = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(_TEXTS), st.sampled_from(["always", "after_first_sentence", "never"])),
    st.tuples(st.just("take"), st.sampled_from([20, 60, 200])),
    st.tuples(st.sampled_from(["pause", "resume", "stop", "fall_silent", "hold", "release", "settle", "prepare"])),
    st.tuples(st.sampled_from(["begin", "take back"])),
    st.tuples(st.just("adopt"), st.sampled_from(["", " That is all.", None]), st.sampled_from(["always", "never"])),
)
_CLAUSES = ("One two.", " Three four five.", " Bad.", " Six")


class Composer:
    """Has one line after the other begun before it is known."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._clauses = 0
        self.begun = 0
        self.adopted: list[str] = []
        """Ids of the lines that compositions came to."""

    @property
    def _so_far(self) -> Say:
        return Say(id=EffectId(f"c{self.begun}"), text="".join(_CLAUSES[: self._clauses]))

    def begin(self) -> None:
        """A line, or the next clause of it."""
        self.begun += not self._clauses
        self._clauses = min(self._clauses + 1, len(_CLAUSES))
        self._rig.mouth.begin(self._so_far)

    def adopt(self, end: str | None, interruptible: Interruptible) -> None:
        """It ends so; None: it is another line after all."""
        begun, self._clauses = self._so_far, 0
        line = self._rig.line("Another line." if end is None else begun.text + end, interruptible)
        self.adopted.append(line.id)
        self._rig.mouth.adopt(begun.id, line)

    def take_back(self) -> None:
        """It is none after all."""
        self._clauses = 0
        self._rig.mouth.take_back(EffectId(f"c{self.begun}"))


@given(st.lists(_OPS, max_size=25), st.sampled_from(["abandon", "closing", "close", "let go"]))
@settings(max_examples=150, deadline=None)
def test_every_line_is_answered_once_and_in_order_whatever_comes_between(ops: list[Any], end: str) -> None:
    asyncio.run(_law(ops, end))


async def _law(ops: list[Any], end: str) -> None:
    rig = Rig(kept={"Kept.", "One two."}, fails={"Bad."})
    composer = Composer(rig)
    before = asyncio.all_tasks()
    acts: dict[str, Callable[[], object]] = {
        name: getattr(rig.mouth, name) for name in ("pause", "resume", "stop", "fall_silent", "hold", "release")
    }
    acts["prepare"] = lambda: rig.mouth.prepare(Say(id=EffectId(""), text="One two. Three four five."))
    acts |= {"begin": composer.begin, "take back": composer.take_back}
    for op in ops:
        match op:
            case ("say", text, interruptible):
                rig.say(text, interruptible)
            case ("adopt", text, interruptible):
                composer.adopt(text, interruptible)
            case ("take", ms):
                rig.take(ms)
            case ("settle",):
                await settle()
            case (name,):
                acts[name]()
        _check(rig, composer)
    if end == "let go":
        composer.take_back()  # else it waits for the rest of it
    await _finish(rig, end)
    _check(rig, composer)
    assert sorted(one.effect for one in rig.spoken) == sorted(rig.ids)
    await rig.mouth.quiet()
    await rig.mouth.close()
    assert len(rig.taken_back) <= composer.begun
    assert asyncio.all_tasks() == before
    assert rig.speaker.streams == 0


async def _finish(rig: Rig, end: str) -> None:
    if end in ("abandon", "close"):
        done: Awaitable[None] | None = getattr(rig.mouth, end)()
        if done is not None:
            await done
        return
    if end == "closing":
        rig.mouth.closing()
    else:
        rig.mouth.resume()
        rig.mouth.release()
    for _ in range(40):
        await settle()
        rig.take(500)


def _check(rig: Rig, composer: Composer) -> None:
    """Each line is answered once, after those that were said before it; one that was begun has its place by that."""
    told = [str(one.effect) for one in rig.spoken]
    adopted = [one for one in told if one in composer.adopted]
    said = [one for one in told if one not in composer.adopted]
    assert adopted == composer.adopted[: len(adopted)]
    assert said == [one for one in rig.ids if one not in composer.adopted][: len(said)]
    for one in rig.spoken:
        text = rig.texts[one.effect]
        assert one.heard == text if one.complete else text.startswith(one.heard)
    for heard in rig.taken_back:
        assert "".join(_CLAUSES).startswith(heard)
