"""Where a text may be cut to be spoken piece by piece: the first sound early, and no cut that is heard.

Sentences are cut without regard to what is around them, so a sentence that was rendered in one line is found again in
every other.
"""

import re

from tollfree.speech.tts.base import LONGEST_CLAUSE

EARLY = 25
"""Characters that must have been cut off before the rest may come in longer clauses: about 1.5 s of speech, in which
an engine that needs as long as it speaks makes the next."""
FIRST = 40
"""Characters from which a first sentence is cut where it pauses."""
FIRST_LONGEST = 60
"""Characters from which a first sentence is cut between two words where it must be."""
LONGEST = 160
"""Characters of a later clause, if it can be helped: about ten seconds."""
SHORTEST = 10
"""Characters of a piece that is worth its own clause."""

_ABBREVIATIONS = frozenset(
    "dr mr mrs ms prof st mt ft rev gov sen capt sgt lt jr sr vs etc approx dept inc ltd corp co e.g i.e ext tel apt"
    " ave blvd rd ln no nr nos fig vol p pp a.m p.m u.s u.k max min incl excl".split()
)
_ONLY_BEFORE_FIGURES = frozenset("no nr nos fig vol p pp ext".split())
_SENTENCE_END = re.compile(r"[.?!…]+[\"'”’)\]]*(?=\s)|[。！？]+[”’」』)]*|\n\s*")
_PAUSE = re.compile(r"[,;:—–][\"'”’)\]]*(?=\s)|\s[-—–](?=\s)|[、，；：]")
_JOINT = re.compile(r"\s(?=(?:and|but|or|so|because|which|who|that|if|when|while|before|after|with|to|for|from)\s)")
_SPACE = re.compile(r"\s")
_LAST_WORD = re.compile(r"[^\s(\[\"]*$")


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the white space between them; abbreviations, decimals and addresses end
    none. Joined they are the text but for white space."""
    cuts = [match.end() for match in _SENTENCE_END.finditer(text) if _ends_sentence(text, match)]
    return _pieces(text, cuts)


def clauses(text: str, *, early: bool = True) -> list[str]:
    """The text in pieces to render one after another. `early`: nothing is being played yet, so the first piece is
    short. None is longer than a voice takes."""
    found: list[str] = []
    before = 0
    for sentence in sentences(text):
        found += sentence_clauses(sentence, early=early and before < EARLY)
        before += len(sentence)
    return found


def sentence_clauses(sentence: str, *, early: bool) -> list[str]:
    """One sentence in pieces; mostly it is one."""
    found: list[str] = []
    rest = sentence
    while rest:
        cut = _first_cut(rest) if early else _later_cut(rest)
        piece = rest[:cut].strip()
        rest = rest[cut:].strip()
        if piece:
            found.append(piece)
        early = early and sum(map(len, found)) < EARLY
    return found


def _first_cut(text: str) -> int:
    """Where the first piece of a text ends, of which nothing is played yet."""
    if len(text) <= FIRST:
        return len(text)
    pauses = _pauses(text)
    if pauses and pauses[0] <= FIRST_LONGEST:
        return pauses[0]
    if len(text) <= FIRST_LONGEST:
        return len(text)
    joints = [match.start() for match in _JOINT.finditer(text, SHORTEST, LONGEST)]
    near = [cut for cut in joints if cut <= FIRST_LONGEST]
    if near:
        return near[-1]
    return min([*joints[:1], *pauses[:1]], default=_later_cut(text))


def _later_cut(text: str) -> int:
    """Where the next piece ends, while another is being played."""
    if len(text) <= LONGEST:
        return len(text)
    pauses = [cut for cut in _pauses(text) if cut <= LONGEST]
    if pauses:
        return pauses[-1]
    joints = [match.start() for match in _JOINT.finditer(text, SHORTEST, LONGEST)]
    if joints:
        return joints[-1]
    spaces = [match.start() for match in _SPACE.finditer(text, SHORTEST, LONGEST)]
    apart = [cut for cut in spaces if not _in_figures(text, cut)]
    if apart:
        return apart[-1]
    space = _SPACE.search(text, LONGEST, LONGEST_CLAUSE)
    return space.start() if space else min(len(text), LONGEST_CLAUSE)


def _pauses(text: str) -> list[int]:
    """Places behind a sign that pauses, with enough on both sides to be worth a cut."""
    cuts = [match.end() for match in _PAUSE.finditer(text) if _is_pause(text, match)]
    return [cut for cut in cuts if cut >= SHORTEST and len(text) - cut >= SHORTEST]


def _pieces(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *cuts, len(text)]
    found = (text[start:end].strip() for start, end in zip(edges, edges[1:], strict=False))
    return [piece for piece in found if piece]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match[0][0] in "\n。！？" or not match[0].startswith("."):
        return True
    following = text[match.end() :].lstrip()
    if following[:1].islower():
        return False
    if match[0].startswith(".."):
        return True
    before = _LAST_WORD.search(text, max(0, match.start() - 30), match.start())
    word = before[0].lstrip("'").lower() if before else ""
    if word in _ONLY_BEFORE_FIGURES:
        return not following[:1].isdigit()
    single_letter = len(word) == 1 and word.isalpha() and word != "i"
    return word not in _ABBREVIATIONS and not single_letter


def _is_pause(text: str, match: re.Match[str]) -> bool:
    """No pause for a cut: between figures ("November 24, 2026", "1, 2, 3")."""
    return not _in_figures(text, match.end(), match.start())


def _in_figures(text: str, place: int, sign: int | None = None) -> bool:
    """Whether a number goes on across a place, with perhaps a sign before it."""
    before = text[: place if sign is None else sign].rstrip()[-1:]
    after = text[place:].lstrip()[:1]
    return before.isdigit() and after.isdigit()
