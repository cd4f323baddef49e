"""Words around names, and words that are never one."""


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(line.split()) for line in text.replace("\n", "|").split("|"))


_NAMED = tuple(
    " ".join(part for part in (whose, which, name) if part)
    for whose in ("", "my", "the")
    for which in ("", "full", "first", "last", "family", "given", "middle", "maiden")
    for name in ("name", "surname")
    if not (name == "surname" and which)
)
_BE = (
    " is",
    "'s",
    " was",
    " would be",
    " will be",
    "'d be",
    "'ll be",
    " should be",
    " is under",
    " should be under",
    "",
)
_NAMINGS = _phrases("|".join(name + be for name in _NAMED for be in _BE))
"""How a name is announced: "my last name is", "the surname's", "my name would be"."""
ANNOUNCEMENTS = _NAMINGS | _phrases(
    """my name is|my name's|my name|the name is|the name's|name is|name's|name|my full name is|the full name is
full name|my first name is|first name is|first name|my last name is|last name is|last name|my surname is|surname is
surname|it's|it is|this is|i'm|i am|im|that's|that is|that would be|that'd be|it's under|it is under|under
it'd be under|it would be under|under the name|under the name of|the name of|in the name of|the account is under
it should be under|for|call me|you can call me|people call me|please call me|they call me|everyone calls me
put it under|put down
make it out to|speaking with|you're speaking with|you are speaking with|you're talking to|you're speaking to
sure|yes|yeah|yep|okay|ok|hi|hello|hey|well|so|oh|of course|certainly|please|sure thing|sure it's|good morning
good afternoon|good evening|hi there|hello there|hi this is|hello this is|thanks|thank you|hi my name is
hello my name is|with|by
the name on the account is|the name on the order is|the account name is|the account holder is|i go by|i'm called"""
)
INTRODUCTIONS = frozenset(
    phrase for phrase in _NAMINGS if phrase[0] in ("my", "the") and phrase[-1] not in ("name", "surname")
) | _phrases(
    """this is|i'm|i am|call me|you can call me|under the name|under the name of|in the name of|the account is under
speaking with|you're speaking with|you're talking to|the name on the account is|the name on the order is|i go by"""
)
"""Announcements that hardly anything but a name follows, inside other words."""
LAST_NAME = tuple(
    sorted(
        _phrases(
            """last name|last name is|surname|surname is|and my last name is|and the last name is|and last name
my last name is|family name|family name is|and surname"""
        ),
        key=lambda phrase: (-len(phrase), phrase),
    )
)
"""Between a first name and a last."""
CLOSINGS = _phrases(
    """please|thanks|thank you|here|speaking|is my name|is the name|is my full name|that's me|that's it|that's all
that's my name|thank you very much|on the phone|calling|again|is what they call me|with you|sir|ma'am|okay|ok|i think
for short|on the line|is speaking|is calling"""
)
TITLES = frozenset("mr mrs ms miss mister missus doctor dr prof professor sir madam mx".split())
"""Left out of the name."""
PARTICLES = frozenset(
    "van von der den de del della di da dos du la le las los el al bin ibn ben ter ten zu af av y e".split()
)
"""Small words within names; lower-case except at the beginning."""
NAMES_TOO = frozenset({"al", "ben", "van", "del", "di", "della"})
"""Particles that are first names as well."""
SPELLED = frozenset("spelled spelt that's it's thats its is with as so and spell that".split())
"""Between a name and its spelling."""
NOT_AFTER_I_AM = frozenset(
    """fine good well okay tired sorry happy sad angry sure ready calling looking trying going having wondering not just
    here afraid interested hoping very really so still also busy late sick hungry done back home alone available free
    about in on at from with an a the your my our their his her having waiting getting checking following returning
    ordering asking unable able confused upset frustrated new old lost stuck locked unhappy disappointed great alright
    all only already currently actually pretty quite too almost supposed unsure certain aware glad pleased allergic
    tomorrow today yesterday monday tuesday wednesday thursday friday saturday sunday noon midnight urgent important
    broken wrong right correct true false over under regarding concerning because why how what when where who which
    mine yours ours theirs his hers nothing something anything everything someone anyone everyone now then there this
    that these those it its that's pickup delivery me you him them us two three four five six seven eight nine ten
    personal private business work returns refunds sales support billing emergency""".split()
)
"""What follows "I'm", "this is" or "it's" when it is no name."""
NEVER_ALONE = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march july september october november
    december red blue yellow small medium large""".split()
)
"""Names only beside others: "Wednesday Addams"."""
NEVER_A_NAME = frozenset(
    """i i'd i'll i'm i've you you're your yours he she it it's its we we're they they're me us them my our their the a
    an and or but if so because that that's this these those there there's what what's which who who's whom whose why
    how when where is isn't are aren't was wasn't were weren't be been being am do don't does doesn't did didn't done
    have haven't has hasn't had can can't cannot could couldn't should shouldn't would wouldn't won't want wants
    wanted need needs needed like know knows think thought say said tell told ask asked give gave get got go goes going
    gone make made take took see saw come came put help order orders ordered return returns refund account number
    name names email phone please thanks thank sorry yes yeah yep no nope nah not none nothing something anything
    everything maybe perhaps okay ok hello hi hey bye goodbye uh um hmm well just only really very much many some any
    all both each every few more most other another such than then too also about above after again against at before
    below between by during for from in into of off on onto out over through to toward under until up upon with
    within without your yourself myself here now today tomorrow yesterday later soon never always often sometimes
    calling call talk speak speaking person human agent operator representative question questions problem problems
    issue issues guess matter mind care idea wrong right correct sure tired fine whatever whoever nobody somebody
    anybody someone anyone everyone
    great good cool awesome perfect excellent wonderful nice alright cheers
    secret private anonymous prefer rather refuse skip pass unknown business
    one two three four five six seven eight nine ten hundred thousand first second third last next
    twenty thirty forty fifty sixty seventy eighty ninety percent dollar dollars cent cents noon midnight half neither
    minute minutes hour hours week weeks month months""".split()
)
"""Words of sentences: an utterance with one of them is no name."""
