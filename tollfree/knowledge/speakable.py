"""The sentence or two of a passage that answer a question, ready to be spoken. No language model; pure functions."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tollfree.knowledge.base import Embeds
from tollfree.knowledge.rows import Wanted
from tollfree.knowledge.sentences import LONGEST, Sentence, sentences_of
from tollfree.protocol.passage import Passage

SPOKEN = 2
"""Sentences that are said before the caller is asked whether to go on."""
PARTS = 6
"""Further parts that are kept; a caller who wants still more should be sent the document."""
SECOND = 0.5
"""A second sentence joins the best one when it matches the question at least so well as this share of it."""
FITTING = 0.35
"""What a sentence that has the kind of thing asked for (a time, an amount, a place) gains beside its words."""
OF_CONTEXT = 0.5
"""What a word of the question before weighs, against one of the question."""
LONG_WORDS = 32
"""From here on a sentence loses a little: it is much to listen to."""

MOST_EMBEDDED = 40
"""Sentences of a passage that are compared with the question by meaning, from the first on: it takes milliseconds
each."""
LONGEST_QUESTION = 1000
"""Characters of a question that are read."""
OF_HEADING = 0.6
"""What a word of the heading above a sentence counts, against one of its own."""

_COMMON = frozenset(
    "a an the and or but if of in on at to for from by with about as is are was were be been do does did done have has "
    "had can could would will shall should may might must i i'd i'm i'll you you're your yours we we're our us me my "
    "mine it it's its they them their this that these those there here what which who whom whose when where why how "
    "please tell know want like need get got any anything some something much many so just also than then too very "
    "okay ok yes no hello hi what's where's when's how's let let's say said give gives make one guys".split()
)
_PLACE = re.compile(r"(?:page|row|slide|line) \d", re.IGNORECASE)
"""A passage's place that is no heading."""
_WORDS = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")
_WANTS: tuple[tuple[Wanted, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Wanted.AMOUNT, r"\bhow much\b|\bprice|\bcosts?\b|\bcharge|\bfees?\b|\bexpensive\b|\bcheap"),
        (
            Wanted.TIME,
            r"\bwhen\b|\bwhat time\b|\bhow (?:late|early|long|soon|quickly|fast)\b|\b(?:un)?till?\b|\bhours\b|\bopen\b|"
            r"\bclosed?\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bwhat day|\bdeadline\b|\bweekend",
        ),
        (Wanted.PLACE, r"\bwhere\b|\baddress\b|\blocated\b|\bwhich street\b|\bdirections\b"),
        (Wanted.PHONE, r"\b(?:tele)?phone\b|\bring\b|\bwhat number\b|\bcall you\b"),
        (Wanted.STEPS, r"\bhow (?:do|can|should|would|to)\b|\bwhat do i (?:do|have to)\b"),
        (
            Wanted.FACT,
            r"^(?:(?:ok|okay|so|and|oh|um|uh|hi|hello)[,.]? ){0,3}"
            r"(?:can|could|do|does|did|is|are|may|will|would|have|has|am|must)\b",
        ),
        (Wanted.NUMBER, r"\bhow many\b|\bhow (?:big|far|old|heavy|large)\b"),
    )
)
_HAS: dict[Wanted, re.Pattern[str]] = {
    Wanted.AMOUNT: re.compile(
        r"[$€£]\s?\d|\b\d[\d.,]{0,15}\s?(?:dollars?|euros?|pounds?|cents?|percent|%)|\bfree\b|"
        r"\bno (?:\w+ )?(?:charge|fee)",
        re.IGNORECASE,
    ),
    Wanted.TIME: re.compile(
        r"\b\d{1,2}(?::\d\d)?\s?(?:[ap]\.?m\b|o'clock)|\b\d{1,2}:\d\d\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|"
        r"\b(?:[\d]+|one|two|three|four|five|six|seven|eight|nine|ten|thirty) (?:\w+ )?"
        r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b|"
        r"\bnoon\b|\bmidnight\b|\bweekdays?\b|\bevery day\b|\bclosed\b",
        re.IGNORECASE,
    ),
    Wanted.PLACE: re.compile(
        r"\b\d+ [A-Z]\w+ (?:St|Street|Ave|Avenue|Road|Rd|Lane|Square|Drive|Way)\b|"
        r"\b(?:street|avenue|road|square|corner|opposite|behind|next to|across from|floor|downstairs|upstairs|"
        r"around the back|block)\b|\bis at\b",
        re.IGNORECASE,
    ),
    Wanted.PHONE: re.compile(r"\+?\d[\d\s().-]{5,}\d"),
    Wanted.NUMBER: re.compile(
        r"\b\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred)\b", re.IGNORECASE
    ),
}

_OPEN = frozenset({Wanted.ANYTHING, Wanted.STEPS})
"""Questions that one fact does not answer."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a passage says to a question."""

    text: str
    """At most two sentences; empty when nothing of it can be said."""
    more: tuple[str, ...] = ()
    """What it says besides, in parts of at most two sentences: the caller is asked before each."""


def speakable(
    question: str,
    text: str,
    *,
    section: str = "",
    context: str = "",
    beside: Sequence[str] = (),
    embedder: Embeds | None = None,
) -> Spoken:
    """Of a passage's text, what answers the question.

    `section`: the heading above the passage. `context`: the question before, which this one leans on. `beside`: the
    other passages that were found: a word that is in all of them tells little. `embedder` is asked only where no word
    of the question is in the passage.
    """
    sentences = sentences_of(text, section)
    if not sentences:
        return Spoken("")
    question, context = question[:LONGEST_QUESTION], context[:LONGEST_QUESTION]
    own = wanted_of(question)
    wanted = own if own is not Wanted.ANYTHING or not context else wanted_of(context)
    weights = _weights(question, context, [*(f"{one.heading} {_words(one)}" for one in sentences), *beside])
    own_words = [_match(_words(one), "", weights) for one in sentences]
    matches = [_match(_words(one), one.heading, weights) for one in sentences]
    if not any(matches) and embedder is not None:
        vectors = embedder.quick([question, *(one.text for one in sentences[:MOST_EMBEDDED])])
        near = [float(value) for value in vectors[1:] @ vectors[0]]
        own_words = matches = near + [0.0] * (len(sentences) - len(near))
    scores = [_score(one, match, wanted) for one, match in zip(sentences, matches, strict=True)]
    best = max(range(len(scores)), key=lambda place: (scores[place], -place))
    if wanted is Wanted.STEPS and sentences[best].step:  # steps are told from the first on
        best = next(place for place, one in enumerate(sentences) if one.heading == sentences[best].heading)
    said = _said(sentences, scores, own_words, best, wanted)
    rest = _rest(sentences, own_words, said, wanted)
    asked = frozenset(_stems(question))

    def words(places: Sequence[int]) -> str:
        return _once(sentences, places, [_text(sentences[place], asked, wanted) for place in places])

    parts = tuple(words(rest[start : start + SPOKEN]) for start in range(0, len(rest), SPOKEN))
    return Spoken(words(said), parts[:PARTS])


def spoken_passages(
    question: str, passages: Sequence[Passage], *, context: str = "", embedder: Embeds | None = None, best: int = 2
) -> tuple[Passage, ...]:
    """The passages, the best few of them with what a voice can say of each."""
    texts = [passage.text[:LONGEST] for passage in passages]
    found: list[Passage] = []
    for place, passage in enumerate(passages):
        if place >= best:
            found.append(passage)
            continue
        beside = [*texts[:place], *texts[place + 1 :]]
        section = section_of(passage.place)
        spoken = speakable(question, passage.text, section=section, context=context, beside=beside, embedder=embedder)
        found.append(replace(passage, speakable=spoken.text, more=spoken.more))
    return tuple(found)


def section_of(place: str) -> str:
    """The heading above a passage, of its place; empty where that is a page or a row."""
    return "" if _PLACE.match(place) else place.rpartition(" > ")[2]


def shares_words(question: str, text: str) -> bool:
    """Whether a text has any of the words that say what a question is about."""
    return not set(_stems(question)).isdisjoint(_stems(text))


def wanted_of(question: str) -> Wanted:
    """The kind of thing a question asks for."""
    return next((kind for kind, pattern in _WANTS if pattern.search(question)), Wanted.ANYTHING)


def _said(
    sentences: Sequence[Sentence], scores: Sequence[float], matches: Sequence[float], best: int, wanted: Wanted
) -> list[int]:
    """The best sentence, and a second where it says as much, or where the first only opens an explanation."""
    if sentences[best].row is not None:
        return [best]
    heading, following = sentences[best].heading, best + 1
    others = [
        place for place, one in enumerate(sentences) if place != best and one.row is None and one.heading == heading
    ]
    if wanted in _OPEN and (sentences[best].step or wanted is Wanted.STEPS):
        return [best, following] if following in others else [best]
    second = max(others, key=lambda place: (scores[place], -abs(place - best)), default=None)
    if second is not None and matches[best] and matches[second] >= SECOND * matches[best]:
        return sorted((best, second))
    return [best, following] if wanted in _OPEN and following in others else [best]


def _rest(sentences: Sequence[Sentence], matches: Sequence[float], said: list[int], wanted: Wanted) -> list[int]:
    """What the caller may want to hear on. A question for one fact is answered by it; only what speaks of the same
    thing is more."""
    if sentences[said[0]].row is not None:
        return []
    heading = sentences[said[-1]].heading
    later = [
        place
        for place in range(said[-1] + 1, len(sentences))
        if sentences[place].row is None and sentences[place].heading == heading
    ]
    if wanted in _OPEN:
        return later
    top = max(matches[place] for place in said)
    return [place for place in later if top and matches[place] >= SECOND * top]


def _once(sentences: Sequence[Sentence], places: Sequence[int], texts: Sequence[str]) -> str:
    """Several sentences; a heading that stands before each of them is said once."""
    said: list[str] = []
    for number, (place, text) in enumerate(zip(places, texts, strict=True)):
        before = f"{sentences[place].heading}: "
        repeated = number and text.startswith(before) and texts[number - 1].startswith(before)
        said.append(text.removeprefix(before) if repeated else text)
    return " ".join(said)


def _text(sentence: Sentence, terms: frozenset[str], wanted: Wanted) -> str:
    if sentence.row is None:
        return sentence.text
    return sentence.row.answer(lambda heading: any(word in terms for word in _stems(heading)), wanted)


def _words(sentence: Sentence) -> str:
    """All it has, whatever of it is said."""
    if sentence.row is None:
        return sentence.text
    return " ".join(f"{heading} {value}" for heading, value in sentence.row.cells)


def _weights(question: str, context: str, texts: Sequence[str]) -> dict[str, float]:
    """What each word of the question tells: the rarer among the texts, the more. Words that are in none tell nothing
    about which of them answers."""
    counts = Counter(word for text in texts for word in set(_stems(text)))
    asked = dict.fromkeys(_stems(context), OF_CONTEXT) | dict.fromkeys(_stems(question), 1.0)
    return {word: share * math.log(1 + len(texts) / counts[word]) for word, share in asked.items() if counts[word]}


def _match(text: str, heading: str, weights: dict[str, float]) -> float:
    """0 to 1: how much of what the question's words tell is in a text, or above it."""
    own, above = set(_stems(text)), set(_stems(heading))
    found = sum(weight * (1 if word in own else OF_HEADING * (word in above)) for word, weight in weights.items())
    return found / sum(weights.values()) if weights else 0.0


def _score(sentence: Sentence, match: float, wanted: Wanted) -> float:
    if wanted is Wanted.STEPS:
        fits = sentence.step or re.match(r"how\b", sentence.heading, re.IGNORECASE) is not None
    else:
        fits = wanted in _HAS and _HAS[wanted].search(_words(sentence)) is not None
    too_long = max(0, len(sentence.text.split()) - LONG_WORDS) * 0.01
    asks = 0.2 if sentence.text.endswith("?") else 0.0
    return match + (FITTING if fits else 0.0) - too_long - asks


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORDS.findall(text.lower()) if word not in _COMMON]


def _stem(word: str) -> str:
    """Plurals and the usual endings taken off; crude, and the same on both sides."""
    word = re.sub(r"['’]\w*$", "", word)
    for ending, kept in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + kept
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word
