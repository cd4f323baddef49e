"""What callers say around the items of an order: commands, references, corrections, questions, fillers."""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Cue(StrEnum):
    """What a phrase does to the sentence it stands in."""

    ORDER = "order"
    """Announces things wanted."""
    MORE = "more"
    """Announces one more of the same: "another", "same again"."""
    REMOVE = "remove"
    CHANGE = "change"
    MAKE = "make"
    """A change, or a correction of what was just said: "make that"."""
    INTO = "into"
    INSTEAD_OF = "instead_of"
    INSTEAD = "instead"
    """Alone, at the end: what was said replaces the item before."""
    NOT = "not"
    """"without", "hold the": what follows is left out."""
    NO = "no"
    """"no olives", or "no, three"."""
    CORRECT = "correct"
    """What follows replaces what was just said."""
    ACTUALLY = "actually"
    """A weak correction: it may also just add."""
    ONLY = "only"
    AND = "and"
    WITH = "with"
    EXTRA = "extra"
    """Weak words before an option: "extra olives", "some milk"."""
    OF = "of"
    TIMES = "times"
    THE = "the"
    ONE = "one"
    """"the large one", "the other ones"."""
    THAT = "that"
    """Speaks of what was mentioned last."""
    ALL = "all"
    BOTH = "both"
    LAST = "last"
    OTHER = "other"
    """"the other one": of two lines, the one not spoken of last."""
    CLEAR = "clear"
    DISMISS = "dismiss"
    ANY = "any"
    """The caller leaves it to us."""
    DONE = "done"
    QUESTION = "question"
    ASIDE = "aside"
    """The sentence orders nothing, whatever it mentions."""
    FILLER = "filler"


_LINES: Mapping[Cue, str] = {
    Cue.ORDER: """
can i get|can i have|can i please have|can i please get|could i get|could i have|could i please have
could i please get
may i have|may i get|can we get|can we have|could we get|could we have|may we have|i'd like|i would like|we'd like
we would like|i like|i'd love|i would love|i want|we want|i need|we need|i'll have|i will have|we'll have|we will have
i'll take|i will take|we'll take|we will take|i'll get|i will get|we'll get|i'll go with|i'll go for|i will go with
i'm gonna get|i'm gonna have|i'm going to get|i'm going to have|i am going to have|i wanna get|i wanna have
i want to get|i want to have|i want to order|i want to add|i wanna order|i'd like to order|i'd like to get
i'd like to have|i'd like to add|i would like to order|i would like to get|i would like to add|i would like to have
we'd like to order|i need to order|i'm looking for|let me get|lemme get|lemme have|let me have|let me do
let me try|let's do|let's get
let's have|let's go with|let's add|let's try|give me|gimme|get me|get us|bring me|send me|grab me|hook me up with
add|add on|also add|please add|and add|adding|throw in|throw on|put in|put on|put me down for|put down|toss in|include
order|to order|get|have|how about|what about|can i do|could i do|can i try|could you add|can you add|would you add
can you give me|could you give me|can you put|could you put|may i order|can i order|could i order|can i add
could i add
is it possible to get|is it possible to have|would it be possible to get|would it be possible to have
is there any way i can get|any chance i could get|any chance of|is it possible to add|i'd also like|i'll also have
i'll also take|can i also get|could i also get|can i also have|could i also have|i also want|i also need
also|as well as|too as well|and also|plus|along with|together with|and then|then
""",
    Cue.MORE: """
another|another one|one more|one more of|same again|the same again|same thing again|the same thing again|one more time
another of|another of those|another one of those|one more of those|one more of them|another one of them|the same
again|same|more of those|more of them|more of that|additional
""",
    Cue.REMOVE: """
remove|take off|take out|take away|take back|take|delete|cancel|drop|lose|scratch|strike|get rid of|forget
forget about
i don't want|we don't want|i do not want|don't want|i no longer want|i don't need|don't need|skip|skip the|leave off
leave out|eliminate|nix|ditch|i changed my mind about|i've changed my mind about|cut|subtract|don't add|do not add
don't give me|no more|never mind the|nevermind the|never mind about|i'll pass on|please remove|can you remove
could you remove|can you take off|can you take|could you take off|could you take
""",
    Cue.CHANGE: """
change|switch|swap|swap out|replace|turn|upgrade|update|convert|exchange|trade|can you change|could you change
can i change|could i change|can i switch|can we change|i'd like to change|i want to change|modify|substitute
""",
    Cue.MAKE: "make|can you make|could you make|please make|can we make|can i make|could we make|let's make|set",
    Cue.INTO: "to|into|for|in to|too",
    Cue.INSTEAD_OF: "instead of|rather than|in place of|in lieu of|not",
    Cue.INSTEAD: "instead|in its place",
    Cue.NOT: """
without|without any|hold the|hold|minus|minus the|with no|with out|but no|but without|leave off the|free of
""",
    Cue.NO: "no|nope|nah",
    Cue.CORRECT: """
i mean|i meant|no wait|no sorry|sorry no|wait no|no no|sorry|wait|oops|whoops|correction|or rather|rather
my mistake|my bad|scratch that|strike that|no actually|actually no|no i mean|no i meant|sorry i mean|sorry i meant
hang on no|hold on no|pardon me|excuse me|let me correct that|i'm sorry
""",
    Cue.ACTUALLY: "actually|on second thought|on second thoughts|you know what|come to think of it",
    Cue.ONLY: "just|only|just the|only the",
    Cue.AND: "and|,|or|but|comma|n|et",
    Cue.WITH: "with|on|in|on the side of|topped with|w|from",
    Cue.EXTRA: "extra|more|some|some extra|a bit of|a little|a little bit of|lots of|plenty of|any|a side of",
    Cue.OF: """
of|of the|of those|of these|of them|of that|of my|of each|orders of|order of|servings of|portions of|pieces of
""",
    Cue.TIMES: "times|x",
    Cue.THE: "the|my|that's the|our",
    Cue.ONE: "one|ones|thing",
    Cue.THAT: "it|that|that one|this one|them|those|these|those ones|these ones|this",
    Cue.ALL: "all|all of them|all of those|all of it|everything|each|every one|all three|all the|all of the",
    Cue.BOTH: "both|both of them|both of those|each of them|one of each|one each",
    Cue.OTHER: "the other|the other one|other one|the others|the other ones|the rest",
    Cue.LAST: "the last one|the last|last one|the last thing|the latter|the last item|the previous one",
    Cue.CLEAR: """
start over|start again|start from scratch|clear|clear it|clear my order|clear the order|clear everything|clear it all
cancel everything|cancel the whole order|cancel my whole order|cancel the entire order|cancel my entire order
remove everything|delete everything|forget everything|forget all of it|forget the whole thing|forget it all
scrap it|scrap that order|scrap the whole order|scrap everything|empty my cart|empty the cart|empty my order
remove all of it|remove it all|take everything off|delete the whole order|remove the whole order|clear my cart
let's start over|let me start over|can we start over|i want to start over|begin again|scratch everything
scratch the whole order|forget the whole order|start the order over|start my order over|drop everything
cancel all of it|cancel it all|cancel my order|cancel the order|cancel that order|cancel this order
cancel the whole thing|remove all of them|remove all items|remove all the items
""",
    Cue.DISMISS: """
never mind|nevermind|never mind that|never mind that one|nevermind that|neither|neither of them|neither of those
none of them|none of those|none of these|skip it|skip that|forget it|forget that|forget that one|forget about it
forget about that|not that|leave it|leave it out|don't bother
""",
    Cue.ANY: """
either|either one|either is fine|either works|any|any of them|anything|any is fine|whatever|whichever
whatever you have|you choose|you pick|surprise me|doesn't matter|it doesn't matter|does not matter|don't mind
i don't mind|i don't care|don't care|no preference|i have no preference|the usual|the regular one|standard|the default
whatever's easiest|whatever is easiest|normal|just normal|just regular|the normal one|up to you|it's up to you
""",
    Cue.DONE: """
that's all|that is all|that's it|that is it|that'll be all|that will be all|that'll be it|that'll do|that will do
that should be it|that should do it|that would be all|that would be it|that does it|nothing else|nothing more
no more thanks|i'm done|i am done|we're done|that's everything|that is everything|i'm good|we're good|i'm all set
all set|that's about it|no that's all|no that's it|nothing else thanks|i think that's it|i think that's all
that's my order|that's the order|done|finished|i'm finished|and that's it|and that's all|that's all for now
i don't want anything else|i don't need anything else
that's it for now|that completes my order|just that|just that please|only that|that's me done|nope that's it
""",
    Cue.QUESTION: """
how much|how many|how long|how big|how do|how does|how is|how are|how come|how spicy|how far|what|what's
what is|what are
what do|what does|what kind|what kinds|what comes|which|when|where|who|why|whose|do you|do you have
do you guys|do y'all
do you sell|do you do|does|does it|is there|is it|is that|is the|are there|are the|are they|are you|have you got
have you|did you|did i|do i|does that|will it|will that|can you tell|could you tell|can you tell me|could you tell me
tell me|can you explain|could you explain|can you describe|describe|i was wondering|i wonder|wondering if|can i ask
may i ask|i have a question|question about|read me|read that|read it|read my|read back|can you repeat
could you repeat|repeat|what about the
what about my|how about the|is|are|does the|do they|what's in|what's on|should i|would you recommend|any chance
do you recommend|can you recommend|could you recommend|recommend|what would|which one|which ones|what if|should we
""",
    Cue.ASIDE: """
i don't know what|i don't know if|i don't know about|i don't know whether|i'm not sure if|i'm not sure about
not sure if
i'm not sure what|not sure about|not sure what|let me ask|i don't want to|i do not want to|don't want to
let me talk|let me speak|i don't think|i do not think|i don't understand|i can't|i cannot|i couldn't
i didn't|i did not|i wasn't|i was|i had|i ordered|i already|i've already|we had|we ordered|was|were|wasn't|weren't
i love|i hate|i don't like|i do not like|i'm allergic|i am allergic|allergic to|my order was|i never got|i got
talk to|speak to|speak with|talk with|to speak|to talk|to know|to ask|to return|to send|to check|to see
to hear|to cancel
to pay|to complain|i'd like to know|i'd like to ask|i'd like to speak|i'd like to talk|i want to know|i want to talk
i want to speak|i want to ask|i need to know|i need to speak|i need to talk|i need help|help me|can you help
could you help|i'm calling|i am calling|calling about|yesterday|last time|last week|last night|ago|refund|the status
i've never|i have never|i'm just looking|i am just looking|just looking|changed my mind|change my mind
i was told|tell you
""",
    Cue.FILLER: """
a|an|please|thanks|thank you|thank you very much|thanks a lot|uh|um|uhm|umm|er|erm|hmm|hm|mm|mhm|ah|oh|eh|well
so|like|okay|ok
alright|all right|right|sure|yes|yeah|yep|yup|hi|hello|hey|there|good morning|good afternoon|good evening
you know|maybe
perhaps|probably|possibly|i think|i guess|i suppose|i believe|can you|could you|would you|will you|if you could
if you can|if possible|if that's okay|if you don't mind|would be great|would be good|would be nice|sounds good
sounds great|sounds nice|now|today|tonight|for me|for us|to go|for here|for lunch|for dinner|for delivery|for pickup
to start|to start with|to begin with|first|first of all|finally|lastly|as well|also please|great|good|fine|cool
perfect|awesome|nice|delicious|yummy|lovely|correct|wrong|exactly|let's see|hold on|hang on|one second
one moment|one sec|a second|a moment
a minute|give me a second|give me a moment|give me a minute|give me a sec|give me one second|just a second
just a moment
just a sec|no thanks|no thank you|no problem|no worries|of course|definitely|absolutely|really|very|again please|sir
ma'am|miss|man|buddy|dude|everyone|guys|kind of|sort of|i'd say|i said|it's|it is|that's|that is|that would be
that'd be
there's|should be|be|is that okay|is that all right|is that possible|if it's possible|i'm|i am|i'll|we'll|i|we|me|you
from my order|off my order|in my order|to my order|on my order|from the order|off the order|to the order|in the order
my order|the order|from my cart|to my cart|off|out|up|down|away|at|by|as|your|me please|us|to be|going to|gonna|want
would|could|can|do|will|yes please|yes i'd|for sure|by the way|not too|each please|of course please|then please
i don't know|i do not know|i'm not sure|i am not sure|not sure|let me think|let me see|let me check|let me look
i'm thinking|thinking|i'm thinking about|can i|can we|could i|could we|may i|can it|i forgot|almost forgot
oh and|before i forget|and uh|and um
too please|for starters|on the side|at the end|same as before
""",
}

CONTENT_FREE = frozenset(
    """second sec minute moment while bit person human agent manager representative operator somebody someone
    help question
    menu receipt bill check address delivery pickup number phone name time order cart total price card cash way
    idea hand
    break try look thing things stuff something anything nothing lot kind sort problem issue mistake good bad
    favor favour
    discount coupon deal special call back callback""".split()
)
"""Nouns that follow "a" or "I need" and are nothing to be sold."""
WEAK = frozenset(
    """hot cold fresh regular large small big medium extra double single half whole white green black red
    plain side order
    slice piece cup bowl bag box bottle can pack pair dozen classic new mini jumbo little normal standard
    special mixed
    sweet salted light dark style size inch ounce pound glass jar carton roll loaf stick bunch tub pint free home
    kid kids adult combo meal set all no not with and of the a an on in for to de la le el one two three""".split()
)
"""Words that do not name an item by themselves, though names contain them."""
UNITS = frozenset(
    """liter litre liters litres ounce ounces oz inch inches pound pounds lb lbs gallon gallons kilo kilos gram grams
    foot feet ml cl percent dollar dollars buck bucks cents piece pieces person people""".split()
)
"""Measures: a number before one is no quantity, unless the catalogue says so."""
ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
}  # fmt: skip
"""How callers point at one of a list."""


def _table() -> Mapping[str, tuple[tuple[tuple[str, ...], Cue], ...]]:
    """Every phrase by its first word, the longest first. A phrase listed twice keeps its first meaning."""
    seen: dict[tuple[str, ...], Cue] = {}
    for cue, lines in _LINES.items():
        for line in lines.replace("\n", "|").split("|"):
            if words := tuple(line.split()):
                seen.setdefault(words, cue)
    table: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
    for words, cue in seen.items():
        table.setdefault(words[0], []).append((words, cue))
    return {first: tuple(sorted(held, key=lambda entry: -len(entry[0]))) for first, held in table.items()}


_TABLE = _table()
COMMON = frozenset(word for held in _TABLE.values() for words, _ in held for word in words) | CONTENT_FREE
"""Every word of a phrase here: never mistaken for a badly recognised item."""


def cue_at(words: Sequence[str], start: int) -> tuple[Cue, int] | None:
    """The longest phrase that begins at `start`, with the number of its words."""
    for phrase, cue in _TABLE.get(words[start], ()):
        if tuple(words[start : start + len(phrase)]) == phrase:
            return cue, len(phrase)
    return None
