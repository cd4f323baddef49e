"""English words that tell whether somebody has finished: where sentences do not end, and what ends them."""

import re

NEVER_LAST = frozenset(
    """a an the my your our their its and or but nor because if um uh er erm uhm i'm i've i'll i'd we're we've
    we'll we'd they're you're you'd it'll very every into than as onto upon whose am i we until unless although
    whether per via mr mrs ms dr from of
    """.split()
)
"""No sentence of a caller ends with these, whatever stands after them."""

RARELY_LAST = frozenset(
    """to in on at for with about by like want wants wanted need needs get got make makes made have has had send
    take give put buy find is are was were be been being isn't do does did don't can could
    will would shall should may might must cannot can't he she they there that this these those which who what
    how where when why while his her not just also only even really quite so then too well actually basically
    maybe around between under over after before since during without it's that's there's he's she's what's
    where's let's some any another more most less other said say says tell ask going gonna wanna
    trying testing looking having using
    """.split()
)
"""Sentences may end with these, and more often go on."""

STARTS_CLAUSE = frozenset(
    "if when whenever because unless although though while since after before whether once".split()
)
"""A sentence that begins so has a second part."""

ASKS = frozenset("do does did can could will would is are was were should may when".split())
"""Second words of questions that begin with such a word: "when do you open"."""

JOINS = frozenset("and so but or then".split())
"""A contribution that begins so is often the first half of something."""

DENIES = frozenset("no nope nah".split())
SOFTENS = frozenset("sorry wait actually".split())
"""A no that ends in one of these is followed by what is right: "no, sorry … it's order 41702"."""

CLOSERS = re.compile(
    r"(?:\b(?:please|thanks|thank you|bye|goodbye|that's (?:all|it|everything|right|correct|fine)|that is (?:all|it)"
    r"|nothing else|as well|today|right now|anymore)"
    r"|^(?:yes|yeah|yep|yup|no|nope|nah|sure|okay|ok|hello|hi|help|stop|wait|repeat|cancel|correct|right|never mind"
    r"|what|pardon|sorry|operator|agent|representative|hold on|hang on|one moment|wait a (?:minute|moment|second)))$"
)
"""After these hardly anything follows. Matched on lower-case words without punctuation."""

HANGING = re.compile(
    r"(?:\b(?:number|name|address|email|e-mail|code|zip|birthday|phone|account|order|it|that|this|which) (?:is|was|are)"
    r"|\b(?:want|like|need|going|have|trying|able|wanted|used|supposed|calling|looking) to"
    r"|\b(?:let me (?:see|think|check|look|find it)|you know|i mean|i think|i guess|i was|kind of|sort of|as in"
    r"|a question|the thing is|the problem is|looking for|calling about|to do)"
    r"|^(?:yes |okay |sure |it's |and |so )*(?:my|the) (?:\w+ )?"
    r"(?:number|name|address|email|code|account|phone|birthday)"
    r"|\bat half|\bhalf past|\bquarter (?:to|past)"
    r"|^(?:well|so|okay so|yes so|yeah so|actually|right so|hi there|hi i'm|mister|missus))$"
)
"""Beginnings that wait for their end. Matched as `CLOSERS`."""

_NUMBER_WORDS = frozenset(
    """zero oh nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
    double triple
    """.split()
)
_LETTER_WORDS = frozenset(
    """alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec
    romeo sierra tango uniform victor whiskey x-ray yankee zulu dot dash underscore hyphen slash
    """.split()
)
_ANNOUNCES = frozenset("number code is was it's its zip account card order digits reference postcode pin by".split())
"""A first digit after one of these begins a string of them."""
_FIGURE = re.compile(r"[#+]?\d[\d,.\-/ ]*")


def words_of(text: str) -> list[str]:
    """Lower-case words without the punctuation around them; figures stay whole."""
    return [word for raw in text.lower().replace("’", "'").split() if (word := raw.strip(".,!?;:…\"“”()-'"))]


def saying_numbers(text: str) -> bool:
    """Whether the words end within a string of digits or letters, which people say in groups."""
    words = words_of(text)
    row = 0
    weight = 0
    for word in reversed(words):
        size = _weight(word)
        if not size:
            break
        row, weight = row + 1, weight + size
    if not row:
        return False
    before = words[-row - 1] if row < len(words) else ""
    return weight >= 2 or not before or before in _ANNOUNCES


def _weight(word: str) -> int:
    """Digits or letters a word stands for, as far as matters: none, one, or several."""
    if _FIGURE.fullmatch(word):
        return min(2, sum(character.isdigit() for character in word) - (1 if len(word) == 2 else 0))
    if word in _NUMBER_WORDS:
        return 1
    if word in _LETTER_WORDS or (len(word) == 1 and word.isalpha() and word not in "ai"):
        return 1
    parts = re.split(r"[-.]", word)
    return 2 if len(parts) > 1 and all(len(part) == 1 or part in _NUMBER_WORDS for part in parts if part) else 0
