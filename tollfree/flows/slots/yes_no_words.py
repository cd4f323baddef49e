"""How people say yes, no, and neither: phrases separated by bars."""

YES = """\
yes|why yes|why sure|yeah|yep|yup|yea|ya|yah|yes indeed|yessir|yes sir|yes ma'am|aye|sure thing|surely|sure is
that's right
that is right|you're right|you are right|correct|that's correct|that is correct|it's correct|it is correct
right on|go ahead|go for it|go on|do it|let's do it|let's do that|do that|please do|uh huh|uhhuh|mm hmm|mhm
mmhmm|mm hm|mhmm|m hm|absolutely|definitely|certainly|of course|by all means|exactly|precisely|indeed|totally
for sure|you bet|you betcha|you got it|sounds fine|sounds right|sounds perfect|that sounds good
that sounds right|that sounds great|looks good|that works|that works for me|works for me|that would be great
that would be good|that'd be great|that would be lovely|that's it|that's the one
those are the ones|these are the ones|this is the one|that was the one|that's them|those are them
that's my order|that's the order|that's the right order|that's me|that's mine|it is
it does|it was|it has|i do|i did|i am|i have|i would|i will|i can|we do|we did|we are|we have|we would|we will
they do|they are|they did|there is|there are|he is|she is|he does|she does|you can|you may|you could|you should
that is|that was|i'd like that|i would like that|i'd love that|i'd love to|i would love to|i'd like to
i would like to|i'd be happy to|yes please|true|that's true|affirmative|affirmed|roger|roger that|confirmed
i confirm|confirm|i agree|agreed|agree|i accept|accept|why not|no doubt|no objection|without a doubt
i don't mind|don't mind if i do|i want to|i want that|i'd say so|i should say so|very much|very much so
most definitely|most certainly|hell yes|heck yes|got it right|you got that right|you've got it
that's the right one|that's what i said|yes it is|can do|will do|happy to|go right ahead|ready|i'm ready
everything's correct|everything is correct|all correct|it's right|it is right|that's all correct
spot on|right you are|righto|too right|bingo
naturally|obviously|of course i do"""
"""Yes, whatever stands beside it."""
WEAK_YES = """\
please|ok|okay|okey dokey|k|right|fine|good|great|perfect|wonderful|excellent|awesome|lovely|alright|all right
that's fine|that is fine|that's good|that's great|that's perfect|that would be fine|that'd be fine|it's fine
sounds good|sounds great|all good|that's ok|that's okay|that's all right|that's alright|that is okay|it's okay
it's ok|fine by me|fine with me|okay by me|ok by me|good with me|no problem|no worries|not a problem|sure"""
"""Yes on its own; beside a no, only politeness ("okay, no", "no, that's fine")."""
HEDGED_YES = """\
i think so|i guess|i guess so|i suppose|i suppose so|i believe so|probably|most likely|likely|i think it is
i think that's right|i hope so|i should think so|as far as i know|pretty much|i'm pretty sure|i reckon
i reckon so|i imagine so|i would think so|sounds about right|that sounds about right|about right|near enough
close enough|if you like|if you want"""
"""Yes, but not surely."""
NO = """\
no|nope|nah|naw|nay|no sir|no ma'am|no way|not really|not exactly|not quite|not at all|not yet|not now|never
not right now|not today|not this time|negative|no thanks|no thank you
thanks but no|not for me|that's wrong|that is wrong|wrong|it's wrong|it is wrong|you're wrong|incorrect
that's incorrect|that is incorrect|it's incorrect|that's not right|that is not right|that's not correct
that is not correct|that isn't right|that isn't correct|that's not it|that isn't it|it's not right
it's not correct|it isn't right|it isn't correct|not right|not correct|not true|that's not true|false
that's false|don't|do not|don't do it|don't do that|do not do that|please don't|please do not|i don't|i do not
i didn't|i did not|i'm not|i am not|i haven't|i have not|i wouldn't|i would not|i won't|i will not|i can't
i cannot|i don't have|we don't|we didn't|we aren't|we're not|we haven't|we won't|they don't|they didn't
they aren't|it isn't|it is not|it's not|it doesn't|it does not|it wasn't|it hasn't|he isn't|she isn't|he doesn't
she doesn't|there isn't|there aren't|that's not|that isn't|that is not|that wasn't|i don't think so
i do not think so|don't think so|i think not|i don't believe so|i'd rather not|i would rather not|i'd prefer not
i'd prefer not to|i would prefer not to|rather not|uh uh|uhuh|nuh uh|nuhuh|huh uh|of course not|absolutely not
definitely not|certainly not|i'm afraid not|by no means|no chance
not a chance|hell no|heck no|no need|there's no need|not necessary|that's not necessary|it's not necessary
that won't be necessary|that will not be necessary|not needed|no longer|not anymore|not any more|i don't want to
i don't want that|i do not want that|i don't want it|i don't need it|i don't need that|i don't agree|i disagree
disagree|i decline|decline|i refuse|i'll pass|pass|forget it|forget about it|none|no it's not|not that i know of
not interested|i'm not interested|i'm good thanks|i'm good thank you|i'm fine thanks
i'm fine thank you|i'm alright thanks
i'm all right thanks|i'm okay thanks|i'm ok thanks|let's not|better not
you got it wrong|you've got it wrong|that's not what i said|that's not what i ordered
that's not what i wanted|that's not what i want|that's not what i asked for|that's not what i meant
i didn't say that|i never said that|not me
that's not me|not mine|that's not mine|i don't like that|it's not that|not that|not that one|no dice
i'm not ready|not ready"""
"""No."""
HEDGED_NO = """\
probably not|i guess not|i suppose not|not that i know of|not that i'm aware of|not to my knowledge|not particularly
not especially|i doubt it|i doubt that|unlikely|most likely not|i hope not|i should think not|i wouldn't say so"""
"""No, but not surely."""
UNSURE = """\
maybe|perhaps|possibly|i don't know|i do not know|don't know|dunno|i dunno|no idea|i have no idea|no clue
i have no clue|i'm not sure|i am not sure|not sure|i'm unsure|unsure|what|what's that|huh|pardon|sorry what
it depends|depends|that depends|hard to say|who knows|i can't say|i couldn't say|yes and no|could be|might be
i might|what do you mean|i don't understand|i do not understand|i don't remember|i can't remember|i don't recall
i forget|i'm not certain|not certain|no comment|sort of|kind of|kinda|sorta|more or less|either|either way
whatever|i don't care|either one|both|say again|say that again|come again|excuse me|i can't tell|can't say
let me think|repeat that|one moment|i have a question|who|why|when|how|which|what for
good question|no one|nobody|nothing|i'm not following"""
"""Neither, even beside a yes or a no."""
REPAIR = """\
wait|no wait|hold on|hang on|scratch that|no scratch that|i take that back|let me rephrase|correction"""
"""What is said before it is taken back; with nothing behind it, neither."""
NEUTRAL = """\
sorry|i'm sorry|well|so|um|uh|like|please|thanks|thank you|thank you very much|thanks a lot|thank you so much
cheers|oh|ah
you know|and|then|now|just|actually|honestly|really|hello|hi|hey|sir|ma'am|madam|mate|man|buddy|dear|my friend
i said|i think|i believe|i'd say|i would say|i mean|look|listen|let me see|let's see|with you|today|for me
for now|at all|thing|that one|this one|i'm sure|i am sure|with that|it|it's|that's|ma|miss|but thanks
but thank you|very|so much|bye|i'm good|i'm fine|i'm all set|all set|i'm okay|i'm ok
i'm alright|i'm all right|ta|cheers|love"""
"""Says nothing either way."""
