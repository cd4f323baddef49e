"""What words spoken over the agent are: a listener's "mm-hm", an interruption, or nothing."""

import re
from enum import StrEnum

from tollfree.protocol.expectation import Expectation, Patience
from tollfree.protocol.transcript import Transcript
from tollfree.speech.turns.endings import words_of


class Remark(StrEnum):
    """What somebody says while another speaks."""

    NOTHING = "nothing"
    """No words: a cough, a door."""
    BACKCHANNEL = "backchannel"
    """"I am listening", said in words or hummed."""
    DOUBTFUL = "doubtful"
    """Few words that the recogniser does not believe itself: mostly a hum."""
    SPEECH = "speech"
    INTERRUPTS = "interrupts"
    """Words that want the agent to stop, however short."""


_BACKCHANNELS = frozenset(
    """mm mmm mhm hmm hm mmhmm uhhuh uh-huh mm-hm mm-hmm huh ah aha oh ooh yeah yes yep yup ya yea yah okay ok kay right
    sure alright cool great good nice fine exactly true perfect really wow thanks sir ma'am absolutely definitely
    gotcha""".split()
)
_PHRASES = re.compile(
    r"\b(?:i see|got it|all right|of course|thank you|i know|makes sense|sounds good|that's (?:right|fine|good|true)"
    r"|i understand|very good|for sure|no problem|uh huh|mm hm+|um hum)\b"
)
_HUM = re.compile(r"(?:mm|m h|mh|hm)[a-z ]*|[mh u]*m[mh u]*|h[iuae]m+|amen|u[hm] hu[hm]")
"""How hums come out of a recogniser: "MM", "M.H.M.", "him", "Amen"."""
_INTERRUPTS = re.compile(
    r"^(?:(?:oh|okay|yeah|um|uh|but|please) )?"
    r"(?:stop|wait|no|nope|hold on|hang on|hey|excuse me|sorry|pardon|actually|hello|help|cancel|agent|operator|human"
    r"|representative|person|repeat|what|why|who|how|when|where|never mind|shut up|quiet|listen)\b"
)
_AFFIRMS = frozenset(
    """yes yeah yep yup ya yea yah okay ok right sure correct exactly absolutely definitely perfect great good fine mhm
    mmhmm uhhuh uh-huh mm-hm mm-hmm alright""".split()
)
_FEW = 3
"""Words that may be a hum misheard."""


def remark(transcript: Transcript, *, doubtful_confidence: float) -> Remark:
    """What kind of remark the words are. `doubtful_confidence`: a few words trusted less than this are doubtful."""
    words = words_of(transcript.text)
    plain = " ".join(words)
    letters = re.sub(r"[^a-z]+", " ", plain).strip()
    if not letters:
        return Remark.SPEECH if any(character.isdigit() for character in plain) else Remark.NOTHING
    if _INTERRUPTS.search(plain):
        return Remark.INTERRUPTS
    if _HUM.fullmatch(letters) or not _left_of(plain):
        return Remark.BACKCHANNEL
    if len(words) <= _FEW and transcript.confidence < doubtful_confidence:
        return Remark.DOUBTFUL
    return Remark.SPEECH


def affirms(text: str) -> bool:
    """Whether a backchannel would be a yes, had something been asked."""
    return any(word in _AFFIRMS for word in words_of(text)) or bool(_PHRASES.search(text.lower()))


def awaits_yes_or_no(expectation: Expectation) -> bool:
    """Whether a yes is an answer to what is being asked."""
    vocabulary = {word.lower() for word in expectation.vocabulary}
    return expectation.patience is Patience.SHORT and {"yes", "no"} <= vocabulary


def _left_of(plain: str) -> list[str]:
    """The words that are no listener's."""
    return [word for word in _PHRASES.sub(" ", plain).split() if word not in _BACKCHANNELS]
