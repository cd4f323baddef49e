"""Letters said one by one: "b as in bravo", "double t", "capital j"; shared by names and e-mail addresses."""

NATO = {
    word: word[0]
    for word in """alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november
    oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu""".split()
}
SOUNDS = {"zed": "z", "zee": "z", "aitch": "h", "ex": "x", "cue": "q", "queue": "q"}
"""Names of letters that are hardly anything else."""
REPEATS = {"double": 2, "triple": 3}
CASES = frozenset({"capital", "uppercase", "lowercase", "small"})

Texts = tuple[str, ...]


def letter_at(words: Texts, at: int) -> tuple[str, int] | None:
    """One spoken letter, perhaps doubled and explained: "b", "double t", "b as in bravo", "double u"."""
    place = at
    while place < len(words) and words[place] in CASES:
        place += 1
    if place < len(words) and words[place] in REPEATS:
        if words[place] == "double" and words[place + 1 : place + 2] in {("u",), ("you",)}:
            return _explained(words, "w", place + 2)
        again = letter_at(words, place + 1) if words[place + 1 : place + 2] != ("double",) else None
        return (again[0] * REPEATS[words[place]], again[1]) if again is not None else None
    if place >= len(words):
        return None
    word = words[place]
    if len(word) == 1 and word.isascii() and word.isalpha():
        return _explained(words, word, place + 1)
    return _explained(words, SOUNDS[word], place + 1) if word in SOUNDS else None


def _explained(words: Texts, letter: str, at: int) -> tuple[str, int]:
    """Past "as in juliet", "for juliet", "like juliet", "juliet" when it begins with the letter."""
    for link in (("as", "in"), ("is", "in"), ("like", "in"), ("for",), ("like",), ("as",), ("from",)):
        after = at + len(link)
        if words[at:after] == link and after < len(words) and len(words[after]) > 1 and words[after][0] == letter:
            return letter, after + 1
    return letter, at
