"""Makes of a typed question what a speech recogniser might have heard, without sound and always the same.

The errors are those that recognisers make on telephone speech: words that sound alike, names taken for common words,
words cut in two or run together, small words lost, and hesitations written down. At the default rate about a fifth of
the words is wrong, which is what `tiny.en` gets wrong of callers who are hard to hear.
"""

import random
import re
import zlib
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

RATE = 0.13
"""Chance that a word is touched; names and long words twice that. It makes about 20 % word errors on XQuAD."""
FILLER_RATE = 0.035
FILLERS = ("uh", "um", "er", "like", "you know", "i mean")
SMALL = frozenset("a an the of in on at to for is are was were did do does has have had be by and or that it".split())
HOMOPHONES = (
    "their there they're|to too two|for four fore|its it's|your you're|which witch|where wear ware|whether weather|"
    "won one|sun son|sea see|right write rite|know no|new knew|hour our|by buy bye|pair pear|plain plane|mail male|"
    "meet meat|week weak|whole hole|peace piece|principal principle|rain reign rein|road rode|role roll|sale sail|"
    "scene seen|site sight cite|some sum|steel steal|tail tale|than then|through threw|wait weight|way weigh|"
    "would wood|ate eight|base bass|bear bare|board bored|brake break|cell sell|cent sent scent|dear deer|die dye|"
    "fair fare|flower flour|great grate|hear here|heard herd|higher hire|key quay|led lead|loan lone|made maid|"
    "main mane|night knight|pain pane|passed past|patients patience|poor pour|pray prey|prince prints|profit prophet|"
    "raise rays|real reel|root route|sore soar|stair stare|tide tied|vary very|waste waist|war wore|who's whose"
)
_ALIKE = {
    word: [other for other in group if other != word]
    for group in (group.split() for group in HOMOPHONES.split("|"))
    for word in group
}
_SOUNDS = (
    (r"^kn", "n"), (r"^wr", "r"), (r"^wh", "w"), ("ph", "f"), ("ght", "t"), ("gh", ""), ("tion|sion|cian", "xan"),
    ("tch|ch|sh", "x"), ("th", "t"), ("ck|q", "k"), ("c(?=[eiy])", "s"), ("c", "k"), ("dg", "j"), ("x", "ks"),
    ("[dt]", "t"), ("[bp]", "p"), ("[gk]", "k"), ("[vf]", "f"), ("[zs]", "s"), ("[mn]", "n"), ("(?<=.)[hw]", ""),
    ("[aeiouy]+", "a"), (r"(.)\1+", r"\1"), ("e$", ""),
)  # fmt: skip
"""A crude English spelling-to-sound: what is confused on the telephone is written alike."""


class Mishearing:
    """Garbles questions. The same seed and question give the same words, whatever else is asked."""

    def __init__(self, vocabulary: Iterable[str], seed: int = 0, rate: float = RATE) -> None:
        """`vocabulary`: the words that the recogniser knows, which it puts in place of others."""
        self._seed, self._rate = seed, rate
        self._words = sorted({word for word in vocabulary if len(word) > 2 and word.isalpha()})
        self._known = frozenset(self._words)
        self._sounds = [sound(word) for word in self._words]
        self._near: dict[str, list[str]] = {}

    def heard(self, text: str) -> str:
        """What becomes of a question: lower case, without punctuation."""
        draw = random.Random(zlib.crc32(text.encode()) ^ self._seed)
        out: list[str] = []
        waiting = spoken(text)
        while waiting:
            word = waiting.pop(0)
            if draw.random() < FILLER_RATE * self._rate / RATE:
                out.append(draw.choice(FILLERS))
            rate = self._rate * (2 if word not in self._known or len(word) > 8 else 1)
            if draw.random() >= rate:
                out.append(word)
            elif word in SMALL and draw.random() < 0.6:
                continue  # lost
            elif waiting and draw.random() < 0.08:
                out.append(word + waiting.pop(0))  # run together
            elif len(word) > 6 and draw.random() < 0.2:
                cut = draw.randint(3, len(word) - 3)
                out.extend((word[:cut], word[cut:]))
            else:
                out.append(draw.choice(self._alike(word)))
        return " ".join(out)

    def _alike(self, word: str) -> Sequence[str]:
        """Words that sound like it, the nearest four."""
        if word in _ALIKE:
            return _ALIKE[word]
        if word not in self._near:
            found = process.extract(sound(word), self._sounds, scorer=Levenshtein.normalized_similarity, limit=6)
            self._near[word] = [self._words[place] for _, _, place in found if self._words[place] != word][:4]
        return self._near[word]


def sound(word: str) -> str:
    """How a word sounds on a telephone, roughly."""
    for pattern, replacement in _SOUNDS:
        word = re.sub(pattern, replacement, word)
    return word


def spoken(text: str) -> list[str]:
    """A text's words as a recogniser writes them."""
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'"))


def word_errors(said: Sequence[str], heard: Sequence[str]) -> float:
    """Word errors of all texts together, 0 to 1: insertions, deletions and substitutions over what was said."""
    pairs = [(spoken(one), spoken(other)) for one, other in zip(said, heard, strict=True)]
    return sum(Levenshtein.distance(one, other) for one, other in pairs) / sum(len(one) for one, _ in pairs)
