"""What people say on the phone that no business flow expects: taught to every classifier as "none of these"."""

CHATTER: tuple[str, ...] = tuple(
    line.strip()
    for line in """
    what's the weather like over there
    is it going to rain tomorrow
    it's really hot today isn't it
    did you watch the game last night
    who won the world cup in 1998
    my team lost again
    do you like football
    tell me a joke
    sing me a song
    what is the meaning of life
    are you a real human or a robot
    how old are you
    where do you live
    do you have feelings
    what's your favourite colour
    will you marry me
    what did you have for breakfast
    how tall is mount everest
    what is the capital of australia
    how many planets are there
    who wrote hamlet
    what's seven times eight
    convert ten miles to kilometers
    translate hello into french
    how do you spell necessary
    what year did the war end
    who is the president of brazil
    why is the sky blue
    how far away is the moon
    how do I boil an egg
    give me a recipe for banana bread
    can I freeze cooked rice
    what wine goes with fish
    my dog ate my homework
    the cat is on the table again
    stop barking
    get down from there
    kids be quiet I'm on the phone
    no not you I was talking to my wife
    honey where did you put the keys
    put it on the kitchen table
    I'm in the car right now
    turn left at the lights
    there's so much traffic today
    the train is late again
    someone's at the door
    hello hello is this thing on
    testing one two three
    can you hear the music in the background
    turn down the television
    my battery is about to die
    the line is crackling
    I think I have a cold
    my back is killing me
    what should I take for a headache
    I couldn't sleep at all last night
    I'm so tired today
    it's my birthday today
    we just came back from vacation
    my daughter starts school on monday
    my son got his driving licence
    my neighbour told me about it
    my sister is getting married in june
    I used to live in chicago
    that reminds me of my grandmother
    those were the days
    you wouldn't believe what happened to me
    let me tell you a story
    it's a long story
    life is hard sometimes
    I don't trust computers
    back in my day people answered the phone
    everything was better before
    politicians are all the same
    who are you going to vote for
    what do you think about climate change
    the economy is terrible
    gas prices are crazy
    did you see the news this morning
    I read it in the newspaper
    what's on television tonight
    have you seen any good movies lately
    who played the main part in that movie
    I love that song
    play some jazz
    turn on the lights in the living room
    set the thermostat to seventy
    set an alarm for six in the morning
    remind me to buy milk
    add eggs to my shopping list
    take a picture
    open the garage door
    call my mother
    send a text to john
    navigate to the airport
    what time is it in tokyo
    how do I reset my router
    my computer has a virus
    how do I tie a tie
    how do I change a flat tyre
    what's the best way to learn the guitar
    how long does it take to learn spanish
    what's a good name for a boy
    should I get a cat or a dog
    how do I get a stain out of a shirt
    when do tulips bloom
    how often should I water a cactus
    is a tomato a fruit
    how many calories are in an apple
    how do I lose weight
    who invented the telephone
    what's the fastest animal
    can penguins fly
    do fish sleep
    roll a dice
    flip a coin
    pick a number between one and ten
    guess what I am thinking
    say something funny
    you sound like my uncle
    you have a lovely voice
    you are not very clever are you
    this is ridiculous
    oh for heaven's sake
    well I never
    whatever
    blah blah blah
    la la la la
    I was just thinking out loud
    hmm let me think
    um well you know
    so yeah anyway
    it depends
    I'm not sure what to say
    that's interesting
    is that so
    really
    no way
    fair enough
    I see
    okay then
    fine
    very funny
    what a day
    good grief
    where was I
    what was I saying
    I forgot why I called
    I think I dialed the wrong number
    who is this
    is this the dentist
    is that you michael
    I'm calling about the flat for rent
    do you sell elephants
    are you hiring drivers
    I'd like to donate to charity
    would you like to take part in a survey
    can I interest you in solar panels
    we are calling about your car's extended warranty
    congratulations you have won a cruise
    """.strip().splitlines()
)
"""Whole utterances, lower case as a recogniser may write them."""
