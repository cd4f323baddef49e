"""How what cannot be spoken looks: markup, labels, stage directions, addresses, emojis."""

import re
import unicodedata

LONGEST = 80
"""Characters that are waited for until something that was opened is taken for what it looks like."""
THOUGHT = re.compile(r"<(think(?:ing)?|reason(?:ing)?|analysis|scratchpad)>", re.IGNORECASE)
AGENT = re.compile(r"(?:agent|assistant|ai|bot|operator|representative|model|system)\s?:", re.IGNORECASE)
CALLER = re.compile(r"(?:caller|customer|user|human|client)\s?:", re.IGNORECASE)
LABEL_MAY_COME = re.compile(r"[a-z]{1,14}\s?:?", re.IGNORECASE)
STAGE = re.compile(
    r"(?:\w+ly |a (?:short |brief |long )?|short |brief |long )*(?:laugh|chuckl|sigh|paus|smil|giggl|grin|nod|wink|"
    r"cough|gasp|typing|types\b|clear(?:s|ing)? (?:his |her |their |my )?throat|breath|inhal|exhal|groan|silence\b|"
    r"beat\b|music\b|waits\b|waiting\b|hold music|whisper|excited|cheer|warmly|gently|softly)\w*(?: \w+){0,3}",
    re.IGNORECASE,
)
BULLET = re.compile(r"(?:[-*•‣▪◦–—+]|\d{1,2}[.)])[ \t]")
BULLET_MAY_COME = re.compile(r"[-*•‣▪◦–—+]|\d{1,2}[.)]?")
RULE = re.compile(r"[-*_=|:\s]{3,}\n")
RULE_MAY_COME = re.compile(r"(?:[-*_=|:]\s?){2,}")
URL = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
SMILEY = re.compile(r"[:;]-?[()DPp/|]")
EMOJI = (
    (0x2190, 0x21FF),
    (0x2300, 0x23FF),
    (0x25A0, 0x27BF),
    (0x2900, 0x297F),
    (0x2B00, 0x2BFF),
    (0x1F000, 0x1FAFF),
    (0xE0000, 0xE007F),
    (0xFE00, 0xFE0F),
)
JOINED = ",.;:!?)…"
"""Signs that follow a word without a space."""
PAUSES = ",.;:!?…"


def unspeakable(character: str) -> bool:
    """Whether a character is none that can be spoken: an emoji, or one that steers layout."""
    code = ord(character)
    if any(first <= code <= last for first, last in EMOJI) or code in (0x200D, 0x20E3):
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn")
