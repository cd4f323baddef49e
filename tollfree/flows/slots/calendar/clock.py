"""The grammar of one time of day: "half past three", "three thirty PM", "fifteen hundred", "17h30", "noon"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tollfree.flows.slots.calendar.numbers import ZERO, cardinal, count, is_number, two_figures
from tollfree.flows.slots.calendar.words import Texts

Half = Literal["am", "pm", "night"]
DAY = 24 * 60
"""Minutes in a day."""


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time read from words[at:end]."""

    minutes: int
    """Since midnight, 0 to 1439; below 720 while `open`."""
    end: int
    open: bool = False
    """Morning or afternoon was not said."""
    bare: bool = False
    """Only numbers were said: as likely a count as a time, inside other words."""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class _Face:
    """What a clock face shows, before morning or afternoon is known."""

    hour: int
    minute: int
    end: int
    full: bool = False
    """Read on a clock of 24 hours."""
    bare: bool = False
    confidence: float = 1.0


_BEFORE: dict[Texts, Half] = {
    ("this", "morning", "at"): "am",
    ("in", "the", "morning", "at"): "am",
    ("this", "afternoon", "at"): "pm",
    ("this", "evening", "at"): "pm",
    ("tonight", "at"): "night",
    ("this", "evening", "around"): "pm",
    ("this", "afternoon", "around"): "pm",
}
_AFTER: dict[Texts, Half] = {
    ("am",): "am",
    ("pm",): "pm",
    ("in", "the", "morning"): "am",
    ("in", "the", "early", "morning"): "am",
    ("this", "morning"): "am",
    ("tomorrow", "morning"): "am",
    ("morning",): "am",
    ("in", "the", "afternoon"): "pm",
    ("this", "afternoon"): "pm",
    ("tomorrow", "afternoon"): "pm",
    ("afternoon",): "pm",
    ("in", "the", "evening"): "pm",
    ("this", "evening"): "pm",
    ("tomorrow", "evening"): "pm",
    ("evening",): "pm",
    ("at", "night"): "night",
    ("tonight",): "night",
    ("tomorrow", "night"): "night",
    ("at", "lunchtime"): "pm",
}
_NAMED: dict[Texts, int] = {
    ("noon",): 12 * 60,
    ("midday",): 12 * 60,
    ("mid", "day"): 12 * 60,
    ("twelve", "noon"): 12 * 60,
    ("12", "noon"): 12 * 60,
    ("twelve", "midday"): 12 * 60,
    ("high", "noon"): 12 * 60,
    ("midnight",): 0,
    ("twelve", "midnight"): 0,
    ("12", "midnight"): 0,
    ("mid", "night"): 0,
}
_PAST = frozenset({"past", "after"})
_TO = frozenset({"to", "till", "til", "before", "of", "two"})


def time_at(words: Texts, at: int, now: int) -> ClockTime | None:
    """The longest time of day that begins at `at`. `now`: minutes since midnight, for "in an hour"."""
    if at >= len(words):
        return None
    for length in (2, 1):
        named = _NAMED.get(words[at : at + length])
        if named is not None and at + length <= len(words):
            return ClockTime(named, at + length)
    later = _from_now(words, at, now)
    if later is not None:
        return later
    before, start = _half_before(words, at)
    faces = [face for rule in _FACES if (face := rule(words, start)) is not None]
    loose = _past_now(words, at, now)
    if not faces or loose is not None:
        return loose
    face = max(faces, key=lambda face: face.end)
    return _on_clock(words, face, before)


def _half_before(words: Texts, at: int) -> tuple[Half | None, int]:
    for phrase, half in _BEFORE.items():
        if words[at : at + len(phrase)] == phrase:
            return half, at + len(phrase)
    return None, at


def _on_clock(words: Texts, face: _Face, before: Half | None) -> ClockTime | None:
    """The time once morning or afternoon, said before or after the face, is taken into account."""
    end = face.end
    half = before
    for length in (4, 3, 2, 1):
        after = _AFTER.get(words[end : end + length])
        if after is not None and end + length <= len(words):
            half, end = after, end + length
            if length == 1 and after in ("am", "pm"):
                agreeing = (after, "night") if after == "pm" else (after,)
                longest = min(3, len(words) - end)
                end += next((n for n in range(longest, 0, -1) if _AFTER.get(words[end : end + n]) in agreeing), 0)
            break
    hour, minute = face.hour, face.minute
    if hour > 12 or hour == 0 or (face.full and half is None):
        if half == "am" and hour > 12:
            return None
        return ClockTime(hour % 24 * 60 + minute, end, bare=face.bare and half is None, confidence=face.confidence)
    minutes = hour % 12 * 60 + minute
    if half is None:
        return ClockTime(minutes, end, open=True, bare=face.bare, confidence=face.confidence)
    evening = half == "pm" or (half == "night" and 5 <= hour < 12)
    return ClockTime(minutes + (DAY // 2 if evening else 0), end, confidence=face.confidence)


def _hour(words: Texts, at: int) -> tuple[int, int] | None:
    """An hour of a clock of 12 or 24 hours."""
    found = cardinal(words, at)
    return found if found is not None and found[0] <= 24 else None


def _hour_and_minutes(words: Texts, at: int) -> _Face | None:
    """ "three thirty", "three oh five", "3:30", "15.30", "oh six thirty", "17h30", "nineteen forty five"."""
    military = words[at] in ZERO and at + 1 < len(words)
    zero_hour = military and words[at + 1] in ZERO
    hour = (0, at + 2) if zero_hour else two_figures(words, at) if military else _hour(words, at)
    if hour is None or hour[0] > 24:
        return None
    place = hour[1]
    marked = words[place : place + 1] in {(":",), (".",), ("h",), ("colon",), ("-",)}
    full = military or (marked and words[place] == "h") or (words[at].startswith("0") and len(words[at]) == 2)
    if words[place : place + 1] == ("h",) and not is_number(words[place + 1] if place + 1 < len(words) else ""):
        return _Face(hour[0], 0, place + 1, full=True)
    if marked:
        place += 1
    minutes = two_figures(words, place)
    if minutes is None or minutes[0] > 59:
        return None
    if minutes[0] < 10 and words[place] not in ZERO and len(words[place]) != 2:
        return None
    if hour[0] == 24 and minutes[0]:
        return None
    end = minutes[1] + (1 if words[minutes[1] : minutes[1] + 1] in {("hours",), ("oclock",)} else 0)
    return _Face(hour[0], minutes[0], end, full=full, bare=not marked)


def _run_of_figures(words: Texts, at: int) -> _Face | None:
    """ "330", "1530", "0930" as recognisers write them."""
    text = words[at]
    if not (text.isascii() and text.isdecimal() and len(text) in (3, 4)):
        return None
    hour, minute = int(text[:-2]), int(text[-2:])
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    end = at + 2 if words[at + 1 : at + 2] == ("hours",) else at + 1
    return _Face(hour, minute, end, full=text.startswith("0") or end > at + 1, bare=True)


def _hundred(words: Texts, at: int) -> _Face | None:
    """ "fifteen hundred", "oh nine hundred hours", "zero hundred"."""
    if words[at] in ZERO and words[at + 1 : at + 2] == ("hundred",):
        hour = (0, at + 1)
    else:
        hour = two_figures(words, at)
    if hour is None or hour[0] > 24 or words[hour[1] : hour[1] + 1] != ("hundred",):
        return None
    end = hour[1] + 1
    hours = words[end : end + 1] in {("hours",), ("hour",)}
    return _Face(hour[0], 0, end + 1 if hours else end, full=True, bare=not hours)


def _past_or_to(words: Texts, at: int) -> _Face | None:
    """ "half past three", "quarter to five", "ten past six", "twenty five minutes to nine", "half three"."""
    start = at + 1 if words[at] in {"a", "an"} else at
    if words[start : start + 1] == ("half",):
        return _half_past(words, start)
    if words[start : start + 1] == ("quarter",):
        minutes = (15, start + 1)
    else:
        minutes = cardinal(words, start)
        if minutes is None or not 1 <= minutes[0] <= 59:
            return None
    place = minutes[1] + (1 if words[minutes[1] : minutes[1] + 1] in {("minutes",), ("minute",)} else 0)
    if place >= len(words) or words[place] not in _PAST | _TO:
        return None
    if words[place] in _TO and place == minutes[1] and minutes[0] not in (5, 10) and minutes[0] <= 12:
        return None  # "three to four" is a stretch of time, or a count
    named = _NAMED.get(words[place + 1 : place + 2])
    hour = (named // 60, place + 2) if named is not None else _hour(words, place + 1)
    if hour is None:
        return None
    end = hour[1] + (1 if words[hour[1] : hour[1] + 1] == ("oclock",) else 0)
    full = named is not None
    if words[place] in _PAST:
        return _Face(hour[0], minutes[0], end, full=full)
    if full or not 1 <= hour[0] <= 12:
        return _Face((hour[0] - 1) % 24, 60 - minutes[0], end, full=True)
    return _Face((hour[0] - 2) % 12 + 1, 60 - minutes[0], end)


def _half_past(words: Texts, at: int) -> _Face | None:
    past = words[at + 1 : at + 2] in {("past",), ("after",)}
    place = at + 2 if past else at + 1
    named = _NAMED.get(words[place : place + 1])
    if named is not None and past:
        return _Face(named // 60, 30, place + 1, full=True)
    hour = _hour(words, place)
    if hour is None or hour[0] == 0:
        return None
    return _Face(hour[0], 30, hour[1], confidence=1.0 if past else 0.9)


def _oclock(words: Texts, at: int) -> _Face | None:
    """ "three o'clock"."""
    hour = _hour(words, at)
    if hour is None or words[hour[1] : hour[1] + 1] != ("oclock",):
        return None
    return _Face(hour[0], 0, hour[1] + 1)


def _hour_alone(words: Texts, at: int) -> _Face | None:
    """ "five", "17", "five PM"."""
    hour = _hour(words, at)
    if hour is None:
        return None
    return _Face(hour[0], 0, hour[1], bare=True, confidence=1.0 if 1 <= hour[0] <= 12 else 0.8)


_FACES: tuple[Callable[[Texts, int], _Face | None], ...] = (
    _hour_and_minutes,
    _run_of_figures,
    _hundred,
    _past_or_to,
    _oclock,
    _hour_alone,
)


def _from_now(words: Texts, at: int, now: int) -> ClockTime | None:
    """ "in an hour", "in twenty minutes", "half an hour from now", "in an hour and a half"."""
    place = at + 1 if words[at] in {"in", "within"} else at
    amount = _length(words, place)
    if amount is None:
        return None
    minutes, end = amount
    if words[end : end + 1] == ("time",):
        end += 1
    elif words[end : end + 2] == ("from", "now"):
        end += 2
    elif place == at:
        return None
    return ClockTime((now + minutes) % DAY, end, confidence=0.8)


def _length(words: Texts, at: int) -> tuple[int, int] | None:
    if words[at : at + 3] in {("half", "an", "hour"), ("a", "half", "hour")}:
        return 30, at + 3
    number = count(words, at)
    if number is None:
        return None
    amount, place = number
    half = words[place : place + 3] == ("and", "a", "half")
    if half:
        place += 3
    unit = words[place : place + 1]
    if unit in {("minute",), ("minutes",), ("mins",)} and not half:
        return amount, place + 1
    if unit in {("hour",), ("hours",)}:
        place += 1
        if words[place : place + 3] == ("and", "a", "half") and not half:
            half, place = True, place + 3
        return amount * 60 + (30 if half else 0), place
    return None


def _past_now(words: Texts, at: int, now: int) -> ClockTime | None:
    """ "ten past", "quarter to": of the hour that comes next. Only as a whole answer, hence bare."""
    start = at + 1 if words[at] == "a" else at
    if words[start : start + 1] in {("half",), ("quarter",)}:
        minutes = (30 if words[start] == "half" else 15, start + 1)
    else:
        minutes = cardinal(words, start)
    if minutes is None or not 1 <= minutes[0] <= 59 or minutes[1] + 1 != len(words):
        return None
    if words[minutes[1]] not in {"past", "to"}:
        return None
    minute = minutes[0] if words[minutes[1]] == "past" else 60 - minutes[0]
    time = now - now % 60 + minute
    return ClockTime((time if time > now else time + 60) % DAY, len(words), bare=True, confidence=0.5)
