"""What people say around a value that is no part of it: hesitation, politeness, "my order number is …"."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from tollfree.flows.slots.spoken.words import Tokens

HESITATIONS = frozenset("uh um uhm umm ummm uhh uhhh hmmm mhm er err erm hmm hm mm mmm ah ahh eh".split())
"""Sounds that mean nothing wherever they stand. "oh" is not among them: it may be a zero."""

LABELS = frozenset(
    """order account customer number numbers id code reference ref confirmation ticket case invoice tracking booking
    reservation member membership policy phone telephone cell cellphone mobile contact home work office callback zip
    postal postcode post pin card serial model total amount price cost quantity balance bill budget value product item
    purchase sku qty registration license licence plate digits email e-mail address name date birthday birth time refund
    return delivery shipping payment promo coupon discount voucher verification security access claim employee
    student patient loyalty rewards""".split()
)
"""Nouns that announce a value: "my order number is", "account number"."""

_LEAD = """
well|so|like|okay|ok|alright|all right|right|sure|yes|yeah|yep|yup|yes please|hi|hello|hey|please|thanks|thank you
great|good|fine|of course|certainly|now|then|and|it's|its|it is|it was|it'd be|it would be|it'll be|it will be
it should be|it starts with
it begins with|it ends with|it ends in|starts with|begins with|it reads|it says
that's|that is|that was|that would be|that'd be|that will be|that'll be
that should be|those are|they are|they're|this is|these are|here is|here's|here it is|here you go|here goes|there's
there is|there are|should be|would be|must be|i think|i think it's|i believe|i guess|i suppose|i'd say|i would say
i said|i'm pretty sure|i am pretty sure|if i remember correctly|if i remember right|let me see|let's see
let me think|let me check|let me look|let me get it|let me find it|hold on|hang on|bear with me|one second|one sec
one moment|just a second|just a sec|just a moment|give me a second|give me a moment|a second|you know|i mean
basically|honestly|um yeah|i want|i need|i'd like|i would like|i'll have|i will have|i'll take|i will take|i'll need
we need|we want|we'd like|we would like|we'll have|we'll take|i have|i've got|i got|we have|we've got|give me|gimme
get me|can i get|can i have|can we get|could i get|could i have|could we get|may i have|let me get|let me have
let's do|let's say|let's go with|let's make it|i'll go with|go with|put me down for|put down|how about|what about
maybe|perhaps|probably|possibly|about|around|approximately|roughly|exactly|only|just|say|the answer is|my answer is
you can use|use|try|call me at|call me on|reach me on|i only need|i only want|i just need|i just want|we only need
we just need|you can reach me at|you can reach me on|reach me at|you can call me at
you can call me on|call me back at|call me back on|ring me on|ring me back on|you can ring me on|you can get me on
you can get me at|my number's|the number's|my code's|sir|ma'am
"""
_TRAIL = """
please|thanks|thank you|thanks a lot|thank you very much|thank you so much|many thanks|cheers|yes please|i think
i believe|i guess|i suppose|i'd say|i'm pretty sure|if i remember correctly|if i remember right|if that helps
that's it|that is it|that's all|that is all|that's right|that's correct|that'll be all|that's the one
that's my number|that's the number|that's my code|that's the code|that's mine|and that's it|and that's all|so yeah
is it|it is|okay|ok|alright|all right|right|yeah|yes|yep|sir|ma'am|miss|man|mate|buddy|dude|you know|for me|for now
then|there you go|there|here|here you go|altogether|in total|total|in all|exactly|precisely|maybe|probably|or so
or thereabouts|i mean|is my number|is the number|is my order number|is the order number|is my account number
is the account number|is the code|is my code|is my phone number|is my number|did you get that|got it|got that
have you got that|actually|sorry|will do|would be great|would be good|would be fine|should be fine|should do it
should do|is fine|sounds good|at the moment
"""
_INNER = "you know|let me see|let's see|let me think|let me check|hold on|hang on|how do you say|what is it|what was it"
_SOME = frozenset({"last", "first", "final"})
_HOW_MANY = frozenset("two three four five six seven eight 2 3 4 5 6 7 8".split())
_FIGURES = frozenset({"digits", "numbers", "figures", "characters", "letters", "ones"})
_DETERMINERS = frozenset("my the our your this that his her their a an".split())
_LINKS = frozenset("of for on to the my".split())
_VERBS = frozenset("is was are were be will would should ends begins starts reads says has".split())
_MOST_LABELS = 7
"""Words of an announcement ("the confirmation number for my last order is") before it is no announcement."""

Phrases = Mapping[str, tuple[tuple[str, ...], ...]]


def _phrases(lines: Iterable[str], last: bool) -> Phrases:
    """Phrases by their first (or last) word, the longest first."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for line in lines:
        phrase = tuple(line.split())
        if phrase:
            table.setdefault(phrase[-1 if last else 0], []).append(phrase)
    return {word: tuple(sorted(held, key=len, reverse=True)) for word, held in table.items()}


def _split(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.replace("\n", "|").split("|")]


_LEADS = _phrases(_split(_LEAD), last=False)
_TRAILS = _phrases(_split(_TRAIL), last=True)
_INNERS = _phrases(_split(_INNER), last=False)


@lru_cache(maxsize=64)
def _extra(phrases: tuple[str, ...], last: bool) -> Phrases:
    return _phrases(phrases, last)


def strip_fillers(held: Tokens, lead: tuple[str, ...] = (), trail: tuple[str, ...] = ()) -> Tokens:
    """What is left without hesitations anywhere, fillers and announcements in front, and politeness behind.

    `lead` and `trail` are further phrases that a slot type ignores in front and behind. Empty: it was all filler.
    """
    held = without_hesitations(held)
    words = [token.word for token in held]
    start, end = 0, len(words)
    while start < end:
        taken = (
            _length_at(words, start, end, _LEADS)
            or (_length_at(words, start, end, _extra(lead, False)) if lead else 0)
            or announcement(words, start, end)
            or _some_digits(words, start, end)
        )
        if not taken:
            break
        start += taken
    while start < end:
        taken = _length_before(words, start, end, _TRAILS) or (
            _length_before(words, start, end, _extra(trail, True)) if trail else 0
        )
        if not taken:
            break
        end -= taken
    return held[start:end]


def without_hesitations(held: Tokens) -> Tokens:
    """The tokens without "uh", "um" and asides such as "let me see", wherever they stand."""
    words = [token.word for token in held]
    kept: list[int] = []
    place = 0
    while place < len(words):
        aside = _length_at(words, place, len(words), _INNERS)
        if aside:
            place += aside
            continue
        if words[place] not in HESITATIONS:
            kept.append(place)
        place += 1
    return held if len(kept) == len(words) else tuple(held[index] for index in kept)


def announcement(words: list[str], start: int, end: int) -> int:
    """How many words from `start` announce a value ("my order number is", "account number"); 0: none do."""
    place = start
    labels = 0
    limit = min(end, start + _MOST_LABELS)
    while place < limit:
        word = words[place]
        if word.endswith("'s") and word[:-2] in LABELS:
            return place + 1 - start  # "my order number's", "the mobile's"
        if word in LABELS:
            labels += 1
        elif word not in (_LINKS if labels else _DETERMINERS) and not (labels and word in ("last", "original")):
            break
        place += 1
    while place > start and labels and words[place - 1] not in LABELS:
        place -= 1
    if not labels:
        return 0
    if place < end and words[place] in (":", "#", "="):
        return place + 1 - start
    while place < end and words[place] in _VERBS:
        place += 1
    if place < end and words[place - 1] in ("ends", "begins", "starts") and words[place] in ("in", "with"):
        place += 1
    return place - start


def _some_digits(words: list[str], start: int, end: int) -> int:
    """How many words announce a part of a number: "the last four digits are", "last four is", "last 4 digits"."""
    place = start + (1 if words[start] in _DETERMINERS else 0)
    if place + 1 >= end or words[place] not in _SOME or words[place + 1] not in _HOW_MANY:
        return 0
    place += 2
    named = place < end and words[place] in _FIGURES
    place += 1 if named else 0
    if named and words[place : place + 1] == ["of"]:
        place += 1
        while place < end and (words[place] in _DETERMINERS or words[place] in LABELS or words[place] == "it"):
            place += 1
    said = place < end and words[place] in _VERBS
    return place + (1 if said else 0) - start if named or said else 0


def _length_at(words: list[str], start: int, end: int, phrases: Phrases) -> int:
    for phrase in phrases.get(words[start], ()):
        after = start + len(phrase)
        if after <= end and tuple(words[start:after]) == phrase:
            return len(phrase)
    return 0


def _length_before(words: list[str], start: int, end: int, phrases: Phrases) -> int:
    for phrase in phrases.get(words[end - 1], ()):
        first = end - len(phrase)
        if first >= start and tuple(words[first:end]) == phrase:
            return len(phrase)
    return 0
