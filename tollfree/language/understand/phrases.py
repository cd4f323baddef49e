"""How people say the built-in choices and handlers, as whole utterances of plain words.

Written against `text.normalised` text whose opening and closing fillers are taken off.
"""

import re
from collections.abc import Mapping

_MY = r"(?:a|an|the|my|that|it|this|one|any|our|your)"
_WANT = (
    r"(?:(?:can|could|may|might|shall) (?:i|you|we)(?: please)?(?: just)?|i(?:'d| would| just)*(?: really)?"
    r" (?:like|want|need|prefer|love|wish|wanna)(?: to)?|i wanna|i gotta|i have to|let me|let's|i'll|would you"
    r"|will you"
    r"|is it possible to|is there a way to|please|just)"
)
_THANKS = r"(?:thanks|thank you|cheers)(?: (?:so|very) much| a lot)?"
_HUMAN = (
    r"(?:person|human|human being|someone|somebody|anyone|anybody|agent|representative|rep|operator|manager"
    r"|supervisor"
    r"|advisor|adviser|assistant|colleague|staff|member of staff|receptionist|specialist|customer (?:service"
    r"|support|care)"
    r"(?: (?:agent|representative|rep|person))?|support|people|employee)"
)
_MOMENT = r"(?:second|sec|moment|minute|min|mo|tick|bit)"
_OWN = (
    r"(?:it|that|this|them|for it|a pen|(?:for )?(?:my|the) (?:(?:credit|debit|order|account|phone|customer"
    r"|reference|bank) )?"
    r"(?:card|phone|wallet|purse|glasses|number|receipt|email|account|details|paperwork|papers|bag|letter|code"
    r"|invoice))"
)
"""What people look for while they keep the line."""

_SOURCES: Mapping[str, tuple[str, ...]] = {
    "yes": (
        r"(?:(?:yes|yeah|yep|yup|yea|ya|aye|sure|ok|okay|absolutely|definitely|certainly|of course|correct"
        r"|right|exactly"
        r"|indeed|affirmative|true|perfect|great|uh huh|mm hm|mhm|please do|go ahead|go for it|do it|do that"
        r"|sounds good|sounds right|looks good|fine|that's (?:right|correct|it|fine|me|good|great|the one|perfect)"
        r"|that is (?:right|correct|it|fine)|that'll do|(?:it|that) (?:is|does|was)|i (?:do|did|am|would|will"
        r"|have)|sure thing"
        r"|you got it|i think so|i guess so|all correct|all good|place it|confirm|confirmed|yes it is"
        r"|why not)(?: |$))+",
    ),
    "no": (
        r"(?:(?:no|nope|nah|negative|not really|incorrect|wrong|not quite|absolutely not|definitely not|of course not"
        r"|no way|that's (?:wrong|not right|incorrect|not it|not correct|not what i said)|that is (?:wrong"
        r"|not right|incorrect)"
        r"|that isn't right|(?:it|that) (?:isn't|is not|doesn't|wasn't)|it's (?:not|wrong)|i (?:don't|didn't"
        r"|do not|did not)"
        r"|i don't think so|not (?:today|now|yet|at all|that)|don't|please don't|never|no i don't|not correct"
        r"|not right)(?: |$))+",
    ),
    "refuse": (
        rf"i (?:don't|do not|didn't|haven't|have not|can't|cannot|couldn't|never)(?: actually| really| even)?"
        rf" (?:have|got|get|find|remember|recall|see|own)(?: {_MY})?(?: [a-z']+){{0,8}}",
        rf"i(?:'ve| have)? (?:lost|forgot|forgotten|misplaced|not got|no idea what"
        rf"|thrown away)(?: {_MY})?(?: [a-z']+){{0,8}}",
        r"i(?:'d| would) (?:rather|prefer) not(?: (?:say|to|tell you|to say|share|give)(?: [a-z']+){0,5})?",
        r"i (?:don't|do not|won't|will not|can't|refuse|am not going) (?:want |wish |like |going )?(?:to )?"
        r"(?:say|tell|give|share|answer|provide|disclose)(?: [a-z']+){0,5}",
        r"i'm not (?:going to|gonna|willing to|comfortable)(?: [a-z']+){1,6}",
        rf"(?:can we |could we |let's |let me |i want to |i'd like to |just )?(?:skip|pass|leave)(?: {_MY})?"
        r"(?: (?:question|one|part|out|blank))?",
        r"(?:none|neither|not applicable|no comment|it's private|that's private|that's none of your business"
        r"|none of your business|don't have (?:it|one|that|any)|haven't got (?:it|one|that|any)|there isn't one"
        r"|there is none|no i don't have (?:it|one|that|any)|i have none|i've got none|i lost it|i forgot(?: it)?)",
    ),
    "unsure": (
        r"i(?:'m| am)? (?:don't|do not|really don't|honestly don't|dunno|not|no longer)(?: really| quite| entirely)?"
        r"(?: (?:know|sure|certain|idea))(?: [a-z']+){0,5}",
        r"(?:i )?(?:dunno|don't know)|no idea|not sure|i have no (?:idea|clue)(?: [a-z']+){0,4}|i haven't a clue"
        r"|(?:i )?can't (?:say|tell)(?: for sure)?|good question|who knows|beats me|i couldn't (?:say|tell you)"
        r"|it depends",
    ),
    "done": (
        rf"(?:(?:no|nope|ok|okay|yes|and|i think|i guess|so) )*(?:that(?:'s| is|'ll be| will be| would be)"
        rf"|this is|it's)"
        rf" (?:all|it|everything|that|enough)(?: (?:for (?:now|today|me)|i (?:need|needed|want|wanted)|then|really))*"
        rf"(?: {_THANKS})?(?: (?:good)?bye)?",
        rf"(?:(?:no|nope) )*(?:{_THANKS} )?(?:nothing|not a thing)(?: (?:else|more|further))?"
        rf"(?: (?:for (?:now|today|me)|{_THANKS}))*",
        rf"(?:(?:no|nope) )*(?:i'm|i am|we're|we are) (?:done|finished|good|all set|fine|all good|ok|okay)"
        rf"(?: (?:for (?:now|today)|{_THANKS}|with that|ordering|now))*",
        r"(?:all done|done|finished|all set|no more|no more questions|nothing more|that does it|that should do it"
        r"|that'll do(?: it)?|that covers it|that's me|that's me done|we're done here|i don't need anything else"
        r"|i don't want anything else|i have everything|i've got everything|end of (?:list|order)|finish|complete"
        r"|no further questions|i have no (?:more|other|further) questions)",
    ),
    "cancel": (
        rf"(?:{_WANT} )?(?:cancel|abort|scrap|stop|drop|forget|discard|scratch)(?: all)?(?: of)?(?: (?:it|that"
        rf"|this|everything))?"
        rf"(?: {_MY})?(?: (?:whole|entire))?(?: (?:order|thing|request|purchase|all))?(?: (?:all|altogether"
        rf"|completely))?",
        r"(?:oh |ah )?(?:never ?mind|nevermind)(?: (?:then|that|it|about it|forget it|forget about it"
        r"|i'll leave it))*",
        r"forget (?:about )?(?:it|that|the order|the whole thing)|i(?:'ve| have)? changed my mind"
        r"|i don't want (?:it|that|this"
        r"|to order|anything|any of it)(?: (?:any ?more|after all|now))?|i(?:'ll| will) (?:leave|skip) it(?: then)?"
        r"|(?:don't|do not) (?:place|order|bother|send)(?: (?:it|that|anything|the order))?|call it off",
    ),
    "more": (
        r"(?:(?:yes|yeah|ok|okay|sure|and) )*(?:go on|carry on|continue|keep going|tell me more|more"
        r"|more please|say more"
        r"|what else|and what else|anything else|is there (?:anything|something) else|is there more|next"
        r"|next one|the next one"
        r"|any others|what are the others|and then|read on|please continue|any more|one more(?: thing)?"
        r"|something else"
        r"|(?:i have|i've got) (?:another|one more) (?:question|thing)|another (?:question|one|thing)"
        r"|i want to add something"
        r"|(?:can|could) i add (?:something|another|one more)(?: [a-z]+)?|give me more(?: details)?"
        r"|i'd like to hear more)",
    ),
    "person": (
        rf"(?:(?:no|look|listen) )?(?:{_WANT} )*(?:(?:speak|talk|chat|be connected|be transferred"
        rf"|be put through|get through"
        r"|get|have|connect me|transfer me|put me through|put me on|pass me|hand me|switch me|forward me"
        r"|give me|get me|speaking"
        rf"|talking|find me|reach)(?: over)? ?)?(?:to |with |for |on )?(?:a |an |the |some |your |any |one of your )?"
        rf"(?:(?:real|live|actual|human|different|proper|customer service|customer support|support|sales|store) )*"
        rf"{_HUMAN}(?: (?:real|else|human|instead|there|now|in charge|on the (?:phone|line)"
        rf"|who can help(?: me)?|about (?:this|it|that)))*",
        rf"(?:{_WANT} )?(?:connect|transfer|put) me(?: through| over)?",
        rf"is there (?:a |any |some )?(?:(?:real|live|actual|human) )*{_HUMAN}(?: (?:there|i can (?:talk"
        rf"|speak) to|available))*",
        r"(?:i don't want to|i'm not going to|i won't|i hate|i refuse to) (?:talk|talking|speak|speaking)(?: to)?"
        r" (?:a |this |you |the )?(?:robot|machine|computer|bot|ai|recording)s?",
        r"(?:human|operator|agent|representative|real person|live person|customer service)(?: (?:now|please))*",
    ),
    "repeat": (
        r"(?:(?:can|could|would|will) you )?(?:please )?(?:just )?(?:repeat|say|read|run)(?: (?:that|it|this"
        r"|them|the (?:question"
        r"|options|last (?:bit|part|one|thing)|choices|number)|what you (?:just )?said))?(?: (?:by me|to me|out"
        r"|back))?"
        r"(?: (?:again|once more|one more time|please|for me))+",
        r"(?:(?:can|could|would|will) you )?(?:please )?repeat(?: (?:that|it|this|yourself|the (?:question|options)"
        r"|what you (?:just )?said))?(?: (?:again|once more|for me|please))*",
        r"(?:what|sorry what|pardon|pardon me|excuse me|huh|eh|come again|again|once more|one more time"
        r"|say again|sorry)"
        r"(?: (?:what|pardon|again))?",
        r"(?:and |sorry )?what (?:was|is) (?:that|the question|it)(?: (?:again|one|last one))?"
        r"|what did you (?:just )?(?:say|ask)"
        r"(?: again)?|what were (?:the options|my options|they)(?: again)?|you said what|say what",
        r"(?:i )?(?:didn't|did not|couldn't|can't|don't|could not) (?:quite )?(?:hear|catch|get|understand"
        r"|make out|follow)"
        r"(?: (?:that|you|it|what you said|a word|the (?:question|last (?:bit|part))))?(?: (?:properly|at all"
        r"|well|there))?",
        r"i missed (?:that|it|what you said|the last (?:bit|part))|you(?:'re| are) breaking up|can't hear(?: you)?",
    ),
    "hold_on": (
        rf"(?:(?:can you|could you|would you|will you) )?(?:please )?(?:just )?(?:hold on|hang on|wait|hold"
        rf"|hold the line|wait up"
        rf"|bear with me|stand by|one {_MOMENT}|just (?:a|one) {_MOMENT}|a {_MOMENT}|half a {_MOMENT}"
        rf"|give me (?:a|one|two) "
        rf"{_MOMENT}s?|two (?:seconds|secs|minutes|ticks))(?: (?:for )?(?:just )?(?:a"
        rf"|one)?(?: short)? ?(?:{_MOMENT}))?"
        rf"(?: (?:please|there|for me|for a {_MOMENT}|just a {_MOMENT}|one {_MOMENT}|i'm|i am|i need|i'll"
        rf"|i have|i've|let me|while i)"
        r"(?: [a-z']+){0,10})?",
        rf"(?:let me|i need to|i have to|i'll(?: just| have to)?|i'm(?: just)?|just)(?: just)? (?:check|look"
        rf"|find|get|grab|fetch"
        rf"|look for|see|getting|looking for|go and get|have a look|think|write|finding|checking|looking)(?: {_OWN})?"
        r"(?: (?:up|down|out|here|quickly|real quick|about it))*",
        r"i need (?:a|one|another) (?:second|sec|moment|minute)(?: (?:to|for)(?: [a-z']+){0,6})?",
    ),
    "start_over": (
        rf"(?:{_WANT} )?(?:start|begin)(?: (?:all|it all|this all|everything|the whole thing|this))? (?:over"
        rf"|again|afresh|anew|fresh"
        r"|from (?:the )?(?:beginning|start|scratch|top|zero))(?: (?:again|from (?:the )?(?:beginning|start"
        r"|scratch|top)))?",
        rf"(?:{_WANT} )?(?:go|get|take me|bring me) back to (?:the )?(?:very )?(?:start|beginning|main menu"
        rf"|first question|top|menu)",
        rf"(?:{_WANT} )?(?:restart|reset|main menu|back to (?:the )?(?:start|beginning|main menu)"
        rf"|from the (?:top|beginning|start)"
        r"|do (?:it|this) (?:all )?over(?: again)?)",
    ),
    "goodbye": (
        rf"(?:(?:ok|okay|right|well|alright|no|great|lovely|perfect|that's (?:all|it|everything)|that is all"
        rf"|i'm done|nothing else"
        rf"|{_THANKS}|then|so|for your help|for now|i have to go|i gotta go|i've got to go|i must go) )*"
        r"(?:goodbye|good bye|bye|bye bye|byebye|cheerio|ciao|farewell|see you(?: (?:later|soon|then))?|see ya"
        r"|talk to you later"
        r"|speak (?:to you )?(?:soon|later)|take care|good ?night|have a (?:good|nice|great|lovely) (?:day|one"
        r"|evening|night"
        rf"|weekend|afternoon))(?: (?:now|then|goodbye|bye|bye bye|{_THANKS}|for your help|have a (?:good|nice"
        rf"|great|lovely) (?:day|one|evening)))*",
        r"i (?:have to|gotta|got to|must|need to|better|should) (?:go|run|leave|hang up|get going)(?: now)?"
        r"|i'm (?:going|gonna go"
        r"|going to go|hanging up|leaving|going to hang up)(?: now)?|(?:you can )?hang up(?: now)?|end (?:the"
        r"|this) call",
    ),
}

PHRASES: Mapping[str, re.Pattern[str]] = {
    name: re.compile("|".join(f"(?:{source})" for source in sources)) for name, sources in _SOURCES.items()
}
"""By choice or handler; each is matched against the whole utterance."""

OPENING = re.compile(
    r"^(?:(?:um+|uh+|er+|erm+|ah|oh|hm+|mm|well|so|okay|ok|right|hi|hello|hey|hi there|hello there|look|listen"
    r"|please|sorry"
    r"|actually|alright|excuse me|you know|like|i mean|i think|just|good (?:morning|afternoon|evening)|thanks"
    r"|thank you) )+"
)
"""Words that open an utterance and mean nothing here."""
CLOSING = re.compile(
    r"(?: (?:please|thanks|thank you|thank you very much|thanks a lot|cheers|now|then|um+|uh+|er+|mate|ma'am"
    r"|sir|if i may"
    r"|if possible|if you can|if that's (?:ok|okay|possible|alright)|right now|for me|you know|actually|i guess"
    r"|okay|ok))+$"
)
"""Words that close one."""

YES_OPENS = re.compile(
    r"\s*(?:yes|yeah|yep|yup|correct|right|that's right|exactly|sure|ok|okay)\b[\s,.;:!-]*", re.IGNORECASE
)
NO_OPENS = re.compile(
    r"\s*(?:oh\s+)?(?:no|nope|nah|wrong|incorrect|not quite|that['\u2019]s (?:wrong|not right"
    r"|incorrect))\b[\s,.;:!-]*",
    re.IGNORECASE,
)
"""An answer before the value that replaces the one read back ("no, fifteen")."""

CORRECTION = re.compile(
    r"(?:^|[\s,.;])(?:sorry|no|nope|wrong|i meant|i mean|actually|make (?:that|it)|change (?:that|it|the|my)"
    r"|correction|rather"
    r"|instead|scratch that|i (?:said|made a mistake|misspoke|was wrong|gave you the wrong)"
    r"|that['\u2019]s (?:wrong|not right)"
    r"|should (?:be|have been)|it was(?:n['\u2019]t)?|not \S+(?: \S+)? but)\b",
    re.IGNORECASE,
)
"""Cues that a value replaces an earlier one."""


def bare(words: str) -> str:
    """Plain words without what opens and closes them; as they are when nothing else is left."""
    return CLOSING.sub("", OPENING.sub("", words + " ", count=1).strip()) or words
