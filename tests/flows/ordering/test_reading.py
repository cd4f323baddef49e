"""What callers say becomes what happens to the order."""

import pytest

from tests.flows.ordering.menus import DINER, PRINTS, read, said, shown, take
from tollfree.flows.catalogue_file import read_catalogue
from tollfree.flows.ordering.cart import Cart
from tollfree.flows.ordering.menu import menu_of
from tollfree.flows.ordering.operations import Absent, Add, Ambiguous, Choice, Clear, Unknown, Which

ORDERS = [
    # several things, as typed and as recognised
    ("two large pepperoni pizzas, a diet coke and, um, a garden salad without onions with ranch",
     "2 PIZ-P large, 1 DIET, 1 GARDEN ranch no onions"),
    ("two large pepperoni pizzas a diet coke and um a garden salad without onions with ranch",
     "2 PIZ-P large, 1 DIET, 1 GARDEN ranch no onions"),
    ("2 large pepperoni pizzas & 1 Diet Coke", "2 PIZ-P large, 1 DIET"),
    ("hi can i please get uh a coke and a sprite thank you", "1 COKE, 1 SPRITE"),
    ("i'd like: a coke; a sprite; and fries.", "1 COKE, 1 SPRITE, 1 FRIES"),
    ("one coke two sprites three waters", "1 COKE, 2 SPRITE, 3 WATER"),
    ("fries", "1 FRIES"),
    ("the turkey club please", "1 CLUB"),
    ("i think i'll have the turkey club and some fries", "1 CLUB, 1 FRIES"),
    ("is it possible to get a coke", "1 COKE"),
    # how many
    ("a couple of cokes", "2 COKE"),
    ("a couple cokes", "2 COKE"),
    ("half a dozen sprites", "6 SPRITE"),
    ("three of the turkey clubs", "3 CLUB"),
    ("twenty two waters", "22 WATER"),
    ("a dozen eggs", "1 EGGS"),
    ("two dozen eggs", "2 EGGS"),
    ("two seven ups and a 7up", "3 SEVEN"),
    ("coke times two", "2 COKE"),
    ("2x coke", "2 COKE"),
    ("to cokes and for sprites", "2 COKE, 4 SPRITE"),
    ("a two liter coke", "1 COKE"),
    ("twelve wings", "1 WINGS twelve"),
    ("two orders of wings", "2 WINGS"),
    # options before and after
    ("a latte with oat milk", "1 LATTE oat milk"),
    ("large oat milk latte", "1 LATTE large oat milk"),
    ("cheese pizza large with mushrooms and olives and a coke", "1 PIZ-C large mushrooms olives, 1 COKE"),
    ("pizza with extra cheese, a plain one", ""),
    ("a latte with two sugars", "1 LATTE sugar"),
    ("a turkey club on rye no mayo", "1 CLUB rye no mayo"),
    ("a turkey club on whole wheat and a twenty ounce coke", "1 CLUB whole wheat, 1 COKE bottle"),
    ("sixteen inch cheese pizza", "1 PIZ-C large"),
    ("buffalo wings", "1 WINGS buffalo"),
    ("a garden salad with ranch without onions and twelve wings", "1 GARDEN ranch no onions, 1 WINGS twelve"),
    ("a bottle of water and fries with extra ketchup", "1 WATER, 1 FRIES"),
    ("a veggie pizza without peppers or olives", "1 PIZ-V no peppers -olives"),
    ("a coke no ice and a sprite", "1 COKE -ice, 1 SPRITE"),
    ("two lattes one with oat milk and one with soy milk", "1 LATTE soy milk, 1 LATTE oat milk"),
    ("two cheese pizzas one large one small", "1 PIZ-C small, 1 PIZ-C large"),
    # self-corrections
    ("two, no, three cokes", "3 COKE"),
    ("two no three cokes", "3 COKE"),
    ("a coke no a sprite", "1 SPRITE"),
    ("a coke i mean a sprite", "1 SPRITE"),
    ("a coke actually make that a sprite", "1 SPRITE"),
    ("a coke scratch that a sprite", "1 SPRITE"),
    ("a large no medium cheese pizza", "1 PIZ-C"),
    ("a turkey club and fries, actually no fries", "1 CLUB"),
    ("two cokes make that three", "3 COKE"),
    # misheard and misspelt
    ("peperoni pizza", "1 PIZ-P"),
    ("pepper oni pizza", "1 PIZ-P"),
    ("a die coke and a guard in salad", "1 DIET, 1 GARDEN"),
    ("a capuchino", "1 CAPP"),
    ("a caffe latte", "1 LATTE"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "order"), ORDERS)
def test_an_utterance_is_an_order(text: str, order: str) -> None:
    assert shown(said(text)) == order


CHANGES = [
    (("two cokes", "make that three"), "3 COKE"),
    (("a latte", "make it large"), "1 LATTE large"),
    (("two cokes", "a turkey club", "make it three cokes"), "3 COKE, 1 CLUB"),
    (("two cokes", "a turkey club", "no, make that three cokes"), "3 COKE, 1 CLUB"),
    (("two cokes", "a turkey club", "no, three cokes"), "3 COKE, 1 CLUB"),
    (("two cokes and a turkey club", "make that a sprite"), "2 COKE, 1 SPRITE"),
    (("two cokes", "make that three sprites"), "3 SPRITE"),
    (("a latte", "with oat milk"), "1 LATTE oat milk"),
    (("a coke", "actually two of those"), "2 COKE"),
    (("a coke and a latte", "make the second one large"), "1 COKE, 1 LATTE large"),
    (("a coke", "another one"), "2 COKE"),
    (("a coke", "two more"), "3 COKE"),
    (("a coke and a latte", "another coke"), "2 COKE, 1 LATTE"),
    (("a large latte with oat milk", "same again"), "2 LATTE large oat milk"),
    (("a coke and a sprite", "remove the coke"), "1 SPRITE"),
    (("a coke and a garden salad", "take off the salad"), "1 COKE"),
    (("a coke and a sprite", "no coke"), "1 SPRITE"),
    (("a coke and a sprite", "i don't want the sprite"), "1 COKE"),
    (("a coke and a sprite", "take the coke off please"), "1 SPRITE"),
    (("a coke and a sprite", "remove the last one"), "1 COKE"),
    (("three cokes", "remove one of them"), "2 COKE"),
    (("three cokes", "take off two cokes"), "1 COKE"),
    (("a coke", "cancel that"), ""),
    (("a coke", "scratch that"), ""),
    (("a coke", "instead of the coke a sprite"), "1 SPRITE"),
    (("two cokes", "a sprite instead of the coke"), "2 SPRITE"),
    (("a coke", "swap the coke for a sprite"), "1 SPRITE"),
    (("two cokes", "change it to a diet coke"), "2 DIET"),
    (("a coke", "make the coke a diet coke"), "1 DIET"),
    (("a diet coke", "make the coke two"), "2 DIET"),
    (("a diet coke", "a coke", "make the coke two"), "1 DIET, 2 COKE"),
    (("a coke", "not a coke a sprite"), "1 SPRITE"),
    (("a coke", "a sprite instead"), "1 SPRITE"),
    (("a pepperoni pizza", "change the pizza to a small one"), "1 PIZ-P small"),
    (("a pepperoni pizza and a coke", "make the pizza large and the coke a diet"), "1 PIZ-P large, 1 DIET"),
    (("three cheese pizzas", "just one pizza"), "1 PIZ-C"),
    (("a couple of turkey clubs", "make one of them on rye"), "1 CLUB, 1 CLUB rye"),
    (("can i get a couple of turkey clubs and make one of them on rye",), "1 CLUB, 1 CLUB rye"),
    (("three cheese pizzas", "two large and one small"), "1 PIZ-C small, 2 PIZ-C large"),
    (("a cheese pizza with onions and olives", "remove the onions"), "1 PIZ-C olives"),
    (("a cheese pizza and a coke", "extra cheese please"), "1 PIZ-C extra cheese, 1 COKE"),
    (("two cokes", "no three cokes"), "3 COKE"),
    (("a latte", "no a cappuccino"), "1 CAPP"),
    (("a latte", "no, a coke"), "1 LATTE, 1 COKE"),
    (("a garden salad", "balsamic"), "1 GARDEN balsamic"),
    (("two garden salads", "one with ranch and one with italian"), "1 GARDEN italian, 1 GARDEN ranch"),
    (("a garden salad", "whatever you have"), "1 GARDEN ranch"),
    (("a coke and a sprite", "start over"), ""),
    (("a coke", "make it two and add a sprite"), "2 COKE, 1 SPRITE"),
]  # fmt: skip


@pytest.mark.parametrize(("turns", "order"), CHANGES)
def test_later_words_change_the_order(turns: tuple[str, ...], order: str) -> None:
    assert shown(said(*turns)) == order


CHATTER = """i don't know
what do you have
how much is it
how much is a turkey club
do you have diet coke
what kind of pizzas do you have
hello
um hello is this the diner
can i talk to a person
i'd like to speak to a manager
give me a minute
i need a second
yes
no
no thanks
that's all
hmm let me think
the pizza was cold
i ordered a pizza yesterday and it was cold
where is my order
what's on the turkey club
is the soup vegetarian
can you repeat that
are you open on sunday
never mind
i'm not sure what sizes do you have
could you tell me about your pizzas
i don't want anything else
i changed my mind
do you take credit cards
thank you very much
yes that's correct
no that's wrong
read that back to me
three
large""".splitlines()


@pytest.mark.parametrize("text", CHATTER)
def test_chatter_orders_nothing(text: str) -> None:
    assert read(text).operations == ()
    assert read(text, said("a coke")).operations == () or text == "large"


def test_what_was_asked_about_may_then_be_ordered() -> None:
    assert shown(said("do you have diet coke? i'll take two")) == "2 DIET"
    assert shown(said("what's the price of a large cheese pizza and can i get two of them")) == "2 PIZ-C"


def test_that_is_all_is_heard_with_the_last_item() -> None:
    reading = read("a coke and that's it thanks")
    assert reading.done
    assert [type(operation) for operation in reading.operations] == [Add]
    assert read("that's all").done
    assert not read("a coke").done


def test_words_that_fit_two_items_are_asked_back() -> None:
    [operation] = read("two turkeys on rye").operations
    assert isinstance(operation, Ambiguous)
    assert operation.candidates == ("CLUB", "SUB")
    assert (operation.quantity, operation.more) == (2, False)
    assert operation.options == (Choice("bread", "rye"),)


@pytest.mark.parametrize(
    ("answer", "order"),
    [
        ("the club", "2 CLUB rye"),
        ("club please", "2 CLUB rye"),
        ("the second one", "2 SUB rye"),
        ("the first", "2 CLUB rye"),
        ("one of each", "1 CLUB rye, 1 SUB rye"),
        ("either", "2 CLUB rye"),
        ("one club and one sub", "1 CLUB rye, 1 SUB rye"),
        ("the sub and a coke", "2 SUB rye, 1 COKE"),
        ("never mind", ""),
    ],
)
def test_the_question_which_one_is_answered_in_many_ways(answer: str, order: str) -> None:
    cart = said("two turkeys on rye", answer)
    assert shown(cart) == order
    assert cart.unsettled == ()


def test_something_else_leaves_the_question_open() -> None:
    cart = said("a turkey", "a coke")
    assert shown(cart) == "1 COKE"
    assert len(cart.unsettled) == 1


def test_at_most_three_choices_are_offered_and_the_rest_may_be_named() -> None:
    kinds = read("a pizza").operations[0]
    assert isinstance(kinds, Ambiguous)
    assert len(kinds.candidates) == 3
    many = "sku,name,price\n" + "".join(
        f"S{n},{name} candle,5\n" for n, name in enumerate(["red", "oak", "fig", "sea"])
    )

    candles = read_catalogue("candles", many)
    [operation] = read("a candle", catalogue=candles).operations
    assert isinstance(operation, Ambiguous)
    assert (len(operation.candidates), operation.more) == (3, True)


def test_two_lines_that_fit_are_asked_back() -> None:
    cart = said("a large cheese pizza and a small cheese pizza")
    [operation] = read("remove the cheese pizza", cart).operations
    assert isinstance(operation, Which)
    assert shown(take("the small one", take("remove the cheese pizza", cart)[0])[0]) == "1 PIZ-C large"
    assert shown(take("remove the small one", cart)[0]) == "1 PIZ-C large"


def test_unknown_items_come_with_the_nearest() -> None:
    [operation] = read("can i get a lobster pizza").operations
    assert isinstance(operation, Unknown)
    assert operation.heard == "lobster pizza"
    assert set(operation.nearest) == {"PIZ-C", "PIZ-P", "PIZ-V"}
    [operation] = read("i'd like two lobsters").operations
    assert isinstance(operation, Unknown)
    assert (operation.heard, operation.quantity) == ("lobsters", 2)


def test_what_is_not_on_the_order_cannot_be_taken_off() -> None:
    [operation] = read("remove the sprite", said("a coke")).operations
    assert isinstance(operation, Absent)
    assert operation.sku == "SPRITE"


def test_the_whole_order_may_be_taken_back() -> None:
    for text in ("cancel everything", "start over", "clear my order", "forget the whole thing"):
        assert [type(operation) for operation in read(text, said("a coke")).operations] == [Clear]


def test_unsure_readings_say_so() -> None:
    sure, misheard, partly = read("a diet coke"), read("a die coke"), read("a diet coke with zorbles")
    assert sure.confidence == 1.0
    assert misheard.confidence < 1.0
    assert partly.unexplained == ("zorbles",)
    assert partly.confidence < 1.0


def test_any_trade_may_be_ordered_from() -> None:
    cart = said(
        "two hundred glossy business cards on recycled paper and fifty folded a4 flyers and a red mug",
        catalogue=PRINTS,
    )
    assert shown(cart) == "50 FL A4 folding, 1 MG red"
    cart = said("ninety business cards glossy on cotton and a pull up banner", catalogue=PRINTS)
    assert shown(cart) == "90 BC glossy cotton, 1 RB"
    [operation] = read("a banner", catalogue=PRINTS).operations
    assert isinstance(operation, Ambiguous)


def test_a_very_long_utterance_is_read_in_part() -> None:
    text = "a coke and " * 1000
    assert len(text) > 10_000
    reading = read(text)
    assert reading.operations
    assert read("zorbles " * 1500).operations == ()
    assert read("salad turkey pizza " * 500).operations == ()
    assert read("a" * 10_000).operations == ()
    assert read("no " * 4000, Cart()).operations == ()


def test_the_catalogue_is_indexed_once() -> None:
    assert menu_of(DINER) is menu_of(DINER)
