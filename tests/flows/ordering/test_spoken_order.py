"""An order sounds as people say it."""

import pytest

from tests.flows.ordering.menus import DINER, PRINTS, read, said, take
from tollfree.flows.ordering.cart import Cart, open_questions
from tollfree.flows.ordering.operations import Ambiguous, Which
from tollfree.flows.ordering.wording import (
    ask_option,
    ask_which_item,
    ask_which_line,
    say_cart,
    say_changes,
    say_lines,
    say_problem,
    say_so_far,
    say_total,
)


@pytest.mark.parametrize(
    ("order", "spoken"),
    [
        ("two large pepperoni pizzas", "two large pepperoni pizzas"),
        ("a cheese pizza with olives and mushrooms", "a cheese pizza with mushrooms and olives"),
        ("a garden salad without onions with ranch", "a garden salad with ranch and without onions"),
        ("a garden salad with ranch no croutons", "a garden salad with ranch and without croutons"),
        ("two waters and a latte with oat milk", "two bottles of water and a latte with oat milk"),
        ("fries", "French fries"),
        ("two large fries", "two large French fries"),
        ("a dozen eggs", "a dozen eggs"),
        ("two dozen eggs", "two dozen eggs"),
        ("twelve wings", "twelve chicken wings"),
        ("two orders of wings", "two orders of six chicken wings"),
        ("two turkey clubs on rye no mayo", "two turkey clubs on rye and without mayo"),
        ("an italian garden salad", "a garden salad with italian"),
    ],
)
def test_lines_are_said_as_people_say_them(order: str, spoken: str) -> None:
    assert say_lines(said(order).lines, DINER) == spoken


def test_other_trades_sound_right_too() -> None:
    cart = said("a glossy business card on cotton and two black mugs", catalogue=PRINTS)
    assert say_lines(cart.lines, PRINTS) == "a business card with glossy and cotton and two black mugs"


def test_the_total_is_said_in_the_projects_currency() -> None:
    cart = said("two cokes and a latte")
    assert say_total(cart, "USD") == "That comes to eight dollars and fifteen cents."
    assert say_total(cart, "GBP") == "That comes to eight pounds and fifteen pence."
    assert say_total(cart, "??") == "That comes to eight point one five ??."


def test_the_running_read_back_says_what_changed_and_then_the_whole() -> None:
    empty = Cart()
    one = said("two cokes")
    two = take("a sprite", one)[0]
    assert say_so_far(empty, one, DINER) == "Okay, two Cokes."
    assert say_so_far(one, two, DINER) == "Okay, a Sprite. So far: two Cokes and a Sprite."
    fewer = take("remove the coke", two)[0]
    assert say_so_far(two, fewer, DINER) == "I've taken off the Coke. So far: a Sprite."
    assert say_so_far(fewer, take("remove the sprite", fewer)[0], DINER) == "Okay, I've taken everything off."
    assert say_so_far(two, two, DINER) == ""


def test_of_a_long_order_only_what_changed_is_said() -> None:
    long = said("a coke a sprite a diet coke a latte a cappuccino and three waters")
    longer = take("two fries", long)[0]
    assert say_so_far(long, longer, DINER) == "Okay, two French fries. That's ten items so far."
    assert say_changes(Cart(), long, DINER).endswith("and a cappuccino, and one more.")


def test_the_whole_of_a_long_order_is_said_in_breaths() -> None:
    long = said("a coke a sprite a diet coke a latte a cappuccino and three waters")
    assert say_cart(long, DINER) == (
        "I have a Coke, a Sprite, a Diet Coke, a latte and a cappuccino. Then three bottles of water."
    )


def test_a_changed_line_is_said_as_it_is_now() -> None:
    cart = said("three turkey clubs")
    assert say_changes(cart, take("make one of them on rye", cart)[0], DINER) == (
        "Okay, two turkey clubs and a turkey club on rye."
    )
    assert say_changes(cart, take("make that two", cart)[0], DINER) == "Okay, two turkey clubs."


def test_questions_offer_the_choices() -> None:
    [which] = read("a turkey").operations
    assert isinstance(which, Ambiguous)
    assert ask_which_item(which, DINER) == "Did you mean the turkey club or the turkey sub?"
    [question] = open_questions(said("a garden salad"), DINER)
    assert ask_option(question) == "Which dressing would you like for the garden salad: ranch, italian or balsamic?"
    cart = said("a large cheese pizza and a small cheese pizza")
    [lines] = read("remove the cheese pizza", cart).operations
    assert isinstance(lines, Which)
    assert ask_which_line(lines, cart, DINER) == "Do you mean the large cheese pizza or the small cheese pizza?"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("a lobster", "I'm sorry, we don't have lobster."),
        ("a lentil soup", "I'm sorry, the lentil soup isn't available right now. We do have chicken noodle soup."),
        ("500 cokes", "I can take at most ninety-nine of one item, so I've left the Coke as it was."),
        ("remove the sprite", "There's no Sprite in your order."),
    ],
)
def test_problems_are_said_plainly(text: str, spoken: str) -> None:
    [problem] = take(text, said("a latte"))[1]
    assert say_problem(problem, DINER) == spoken
