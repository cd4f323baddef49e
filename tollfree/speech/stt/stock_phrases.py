"""What Whisper says when nothing was said: lines of the films and videos it learned from."""

import re

STOCK_PHRASES: frozenset[str] = frozenset(
    """
    thank you for watching
    thanks for watching
    thank you so much for watching
    thanks for listening
    thank you for listening
    thank you for your attention
    please subscribe
    please subscribe to my channel
    please like and subscribe
    like and subscribe
    don't forget to subscribe
    see you in the next video
    see you next time
    i'll see you in the next one
    i'll see you next time
    we'll be right back
    to be continued
    the end
    subtitles by the amara org community
    subtitles by
    subtitled by
    captions by
    captioned by
    transcribed by
    translated by
    transcription by castingwords
    copyright
    all rights reserved
    music
    music playing
    applause
    laughter
    silence
    blank audio
    inaudible
    """.strip().split("\n    ")
)
"""In lower case without punctuation. Those that end in `by` are beginnings."""
WEAK_PHRASES: frozenset[str] = frozenset(
    {"you", "thank you", "thanks", "thank you very much", "bye", "bye bye", "so", "the", "i", "a", "oh"}
)
"""What callers do say, and what Whisper writes for a breath: believed only of sound that is surely speech."""
_BEGINNINGS = tuple(f"{phrase} " for phrase in STOCK_PHRASES if phrase.endswith(" by"))


def plain(text: str) -> str:
    """Lower case, words and single spaces only."""
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'")).split())


def is_stock(text: str) -> bool:
    """Whether a transcript is one of the lines nobody says on a phone, be it several times."""
    words = plain(text)
    return any(_repeats(words, phrase) for phrase in STOCK_PHRASES) or words.startswith(_BEGINNINGS)


def is_weak(text: str) -> bool:
    """Whether a transcript is one of the short words that are often heard in a breath."""
    return plain(text) in WEAK_PHRASES


def _repeats(words: str, phrase: str) -> bool:
    times, rest = divmod(len(words) + 1, len(phrase) + 1)
    return times > 0 and not rest and words == " ".join([phrase] * times)
