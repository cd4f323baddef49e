"""What a language model writes, as words that can be spoken: no markup, lists, headings, links, emojis, stage
directions, reasoning or role labels.

Text comes in pieces of any length and is read character by character, so that how it was cut makes no difference. What
may be the beginning of something unspeakable waits until that is known.
"""

import html
import re
import unicodedata
from collections.abc import Callable

_LONGEST = 80
"""Characters that are waited for until something that was opened is taken for what it looks like."""
_THOUGHT = re.compile(r"<(think(?:ing)?|reason(?:ing)?|analysis|scratchpad)>", re.IGNORECASE)
_AGENT = re.compile(r"(?:agent|assistant|ai|bot|operator|representative|model|system)\s?:", re.IGNORECASE)
_CALLER = re.compile(r"(?:caller|customer|user|human|client)\s?:", re.IGNORECASE)
_LABEL_MAY_COME = re.compile(r"[a-z]{1,14}\s?:?", re.IGNORECASE)
_STAGE = re.compile(
    r"(?:\w+ly |a (?:short |brief |long )?|short |brief |long )*(?:laugh|chuckl|sigh|paus|smil|giggl|grin|nod|wink|"
    r"cough|gasp|typing|types\b|clear(?:s|ing)? (?:his |her |their |my )?throat|breath|inhal|exhal|groan|silence\b|"
    r"beat\b|music\b|waits\b|waiting\b|hold music|whisper|excited|cheer|warmly|gently|softly)\w*(?: \w+){0,3}",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*•‣▪◦–—+]|\d{1,2}[.)])[ \t]")
_BULLET_MAY_COME = re.compile(r"[-*•‣▪◦–—+]|\d{1,2}[.)]?")
_RULE = re.compile(r"[-*_=|:\s]{3,}\n")
_RULE_MAY_COME = re.compile(r"(?:[-*_=|:]\s?){2,}")
_URL = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
_SMILEY = re.compile(r"[:;]-?[()DPp/|]")
_EMOJI = (
    (0x2190, 0x21FF),
    (0x2300, 0x23FF),
    (0x25A0, 0x27BF),
    (0x2900, 0x297F),
    (0x2B00, 0x2BFF),
    (0x1F000, 0x1FAFF),
    (0xE0000, 0xE007F),
    (0xFE00, 0xFE0F),
)
_JOINED = ",.;:!?)…"
"""Signs that follow a word without a space."""
_PAUSES = ",.;:!?…"


class SpokenText:
    """Cleans one text as it comes."""

    def __init__(self) -> None:
        self.over = False
        """It went on as somebody else: nothing after that is the agent's."""
        self._said: list[str] = []
        self._held = ""
        """What is not decided yet."""
        self._line_start = True
        self._breaks = 0
        """Ends of lines since the last word."""
        self._space = False
        self._inside = ""
        """What ends the stretch that is not spoken; empty: all is spoken."""
        self._ended = False
        self._readers: dict[str, Callable[[], int | None]] = {
            "<": self._tag,
            "`": self._code,
            "[": self._bracket,
            "!": self._image,
            "(": self._parenthesis,
            "*": self._star,
            "_": self._underscore,
            "&": self._entity,
            ":": self._smiley,
            ";": self._smiley,
        }

    @property
    def text(self) -> str:
        """What may be spoken so far. It only ever grows."""
        return "".join(self._said)

    def feed(self, piece: str) -> str:
        """The next piece; what may be spoken because of it."""
        before = len(self._said)
        for character in piece:
            self._held += character
            self._read()
        return "".join(self._said[before:])

    def end(self) -> str:
        """Nothing more comes; what may be spoken because of that."""
        before = len(self._said)
        self._ended = True
        self._read()
        return "".join(self._said[before:])

    def _read(self) -> None:
        while self._held and not self.over:
            taken = self._within() if self._inside else self._next()
            if taken is None:
                return
            self._held = self._held[taken:]

    def _within(self) -> int | None:
        """Inside what is not spoken: until it ends."""
        at = self._held.lower().find(self._inside)
        if at >= 0:
            end, self._inside = at + len(self._inside), ""
            return end
        keep = 0 if self._ended else len(self._inside) - 1
        return max(len(self._held) - keep, 0) or None

    def _next(self) -> int | None:
        """How much of what is held is decided by now; None: not the first character yet."""
        character = self._held[0]
        if self._line_start and character not in " \t\n\r":
            taken = self._line_opening()
            if taken is None or taken > 0:
                return taken
        reader = self._readers.get(character)
        if reader is not None:
            return reader()
        if character in "hHwW":
            return self._address()
        self._take(character)
        return 1

    # What opens a line

    def _line_opening(self) -> int | None:
        """Bullets, headings, rules, quotes and labels. 0: the line opens with words."""
        held = self._held
        if held[0] in "#>|":
            return 1
        rule = _RULE.match(held)
        if rule is not None or (self._ended and _RULE_MAY_COME.fullmatch(held)):
            return rule.end() - 1 if rule else len(held)
        if not self._ended and len(held) < _LONGEST and _RULE_MAY_COME.fullmatch(held):
            return None
        bullet = _BULLET.match(held)
        if bullet is not None:
            self._breaks = max(self._breaks, 1) if self._said else 0
            return bullet.end()
        if not self._ended and _BULLET_MAY_COME.fullmatch(held):
            return None
        return self._label()

    def _label(self) -> int | None:
        held = self._held
        if _CALLER.match(held):
            self.over = True
            return len(held)
        agent = _AGENT.match(held)
        if agent is not None:
            return agent.end()
        return None if not self._ended and _LABEL_MAY_COME.fullmatch(held) else 0

    # What is opened and closed

    def _closed(self, closing: str, *, longest: int = _LONGEST) -> int | None:
        """Where what was opened is closed on its line; -1: it is not; None: not known yet."""
        at = self._held.find(closing, 1)
        line = self._held.find("\n", 1)
        if at > 0 and (line < 0 or at < line) and at <= longest:
            return at
        return -1 if self._ended or line > 0 or len(self._held) > longest else None

    def _tag(self) -> int | None:
        """A thought, a tag or a model's own sign; "<" before anything else is dropped."""
        if len(self._held) == 1 and not self._ended:
            return None
        if not re.match(r"<[a-z/|!]", self._held, re.IGNORECASE):
            self._pause()
            return 1
        at = self._closed(">")
        if at is None:
            return None
        if at < 0:
            return 1
        thought = _THOUGHT.match(self._held)
        if thought is not None:
            self._inside = f"</{thought[1].lower()}>"
        self._pause()
        return at + 1

    def _code(self) -> int | None:
        if self._held.startswith("```"):
            self._inside = "```"
            return 3
        if len(self._held) < 3 and not self._ended and self._held == "`" * len(self._held):
            return None
        return 1

    def _bracket(self) -> int | None:
        """A link's words stay; whatever else stands in square brackets is nothing to say."""
        at = self._closed("]")
        if at is None:
            return None
        if at < 0:
            return 1
        if len(self._held) == at + 1 and not self._ended:
            return None
        if self._held[at + 1 : at + 2] != "(":
            self._pause()
            return at + 1
        words = self._held[1:at]
        end = self._held.find(")", at)
        if end < 0 and not self._ended and len(self._held) < at + 4 * _LONGEST:
            return None
        self._held = " " * (at + 1) + words + self._held[end + 1 if end >= 0 else len(self._held) :]
        return at + 1

    def _image(self) -> int | None:
        if len(self._held) == 1 and not self._ended:
            return None
        if not self._held.startswith("!["):
            self._take("!")
        return 1

    def _parenthesis(self) -> int | None:
        at = self._closed(")")
        if at is None:
            return None
        if at > 0 and _STAGE.fullmatch(self._held[1:at].strip(" *_.")):
            self._pause()
            return at + 1
        self._take("(")
        return 1

    def _star(self) -> int | None:
        """A stage direction between stars is not said; else the stars are not."""
        if len(self._held) == 1 and not self._ended:
            return None
        if self._held[1:2] in ("", "*", " ", "\n"):
            return 1
        at = self._closed("*")
        if at is None:
            return None
        if at > 0 and _STAGE.fullmatch(self._held[1:at].strip(" ().")):
            self._pause()
            return at + 1
        return 1

    def _underscore(self) -> int | None:
        if len(self._held) == 1 and not self._ended:
            return None
        inside_word = bool(self._said) and self._said[-1].isalnum() and not self._space and self._held[1:2].isalnum()
        if inside_word:
            self._take("_")
            return 1
        at = self._closed("_") if self._held[1:2].isalpha() else -1
        if at is None:
            return None
        if at > 0 and _STAGE.fullmatch(self._held[1:at].strip()):
            self._pause()
            return at + 1
        return 1

    def _entity(self) -> int | None:
        found = re.match(r"&(?:[a-z]{2,8}|#\d{1,6});", self._held, re.IGNORECASE)
        if found is not None:
            plain = html.unescape(found[0])
            self._held = plain + self._held[found.end() :] if "&" not in plain else self._held
            if "&" not in plain:
                return 0 if plain else found.end()
            self._words("&")
            return found.end()
        if not self._ended and re.fullmatch(r"&[a-z#\d]{0,8}", self._held, re.IGNORECASE):
            return None
        self._words("&")
        return 1

    def _smiley(self) -> int | None:
        alone = self._space or self._breaks > 0 or not self._said
        if alone and len(self._held) < 3 and not self._ended and re.fullmatch(r"[:;]-?", self._held):
            return None
        smiley = _SMILEY.match(self._held) if alone else None
        if smiley is not None:
            return smiley.end()
        self._take(self._held[0])
        return 1

    def _address(self) -> int | None:
        """A URL is nothing to say."""
        begins_word = self._space or self._breaks > 0 or not self._said or not self._said[-1].isalnum()
        may_come = any(start.startswith(self._held.lower()) for start in ("http://", "https://", "www."))
        if begins_word and may_come and not self._ended:
            return None
        url = _URL.match(self._held) if begins_word else None
        if url is None:
            self._take(self._held[0])
            return 1
        if url.end() == len(self._held) and not self._ended:
            return None
        return len(url[0].rstrip(".,;!?)"))

    # What is said

    def _words(self, words: str) -> None:
        for character in words:
            self._take(character)

    def _pause(self) -> None:
        """What was left out parts the words around it."""
        self._space = True

    def _take(self, character: str) -> None:
        """One character that may be spoken, if it may."""
        if character == "\n":
            self._breaks, self._line_start = self._breaks + 1, True
        elif character.isspace() or character in "|~\\{}<>[]`*#^":
            self._space = True
        elif not _unspeakable(character):
            self._line_start = False
            self._say(character)

    def _say(self, character: str) -> None:
        if not self._said and character in _PAUSES:
            return
        if self._said and (self._breaks or self._space) and character not in _JOINED:
            self._said.append(f"{self._ending(character)} ")
        self._breaks, self._space = 0, False
        self._said.append(character)

    def _ending(self, following: str) -> str:
        """A line that ends without a sign of its own gets one where the next is no part of it."""
        wrapped = self._breaks == 1 and following.islower()
        if not self._breaks or wrapped or self._said[-1] in _PAUSES:
            return ""
        return "." if self._breaks > 1 else ","


def _unspeakable(character: str) -> bool:
    code = ord(character)
    if any(first <= code <= last for first, last in _EMOJI) or code in (0x200D, 0x20E3):
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn")


def spoken(text: str) -> str:
    """A whole text, cleaned."""
    cleaning = SpokenText()
    cleaning.feed(text)
    cleaning.end()
    return cleaning.text
