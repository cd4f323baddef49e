"""What an operation makes of an order, exactly."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.flows.ordering.menus import DINER, said, shown, take
from tollfree.flows.ordering.cart import MOST_LINES, MOST_OF_ONE, Cart, Line, Problem, apply, open_questions
from tollfree.flows.ordering.cart_json import cart_from_json, cart_to_json
from tollfree.flows.ordering.operations import Absent, Add, Change, Choice, Clear, Operation, Remove, Unknown

LARGE, OLIVES, NO_OLIVES = Choice("size", "large"), Choice("toppings", "olives"), Choice("toppings", "olives", off=True)


def after(*operations: Operation, cart: Cart | None = None) -> Cart:
    cart = cart if cart is not None else Cart()
    for operation in operations:
        done = apply(cart, operation, DINER)
        assert isinstance(done, Cart), done
        cart = done
    return cart


def problem(cart: Cart, operation: Operation) -> Problem:
    done = apply(cart, operation, DINER)
    assert isinstance(done, Problem)
    return done


def test_prices_are_exact() -> None:
    cart = after(Add(sku="PIZ-P", quantity=3, options=(LARGE, OLIVES)), Add(sku="COKE", quantity=2))
    pizza, coke = cart.lines
    assert (pizza.unit_price, pizza.total) == (Decimal("18.00"), Decimal("54.00"))
    assert coke.total == Decimal("3.90")
    assert cart.total == Decimal("57.90")


def test_defaults_are_taken_and_options_keep_the_catalogues_order() -> None:
    [line] = after(Add(sku="PIZ-C", options=(OLIVES, LARGE))).lines
    assert line.options == (LARGE, OLIVES)
    [line] = after(Add(sku="PIZ-C")).lines
    assert line.options == (Choice("size", "medium"),)


def test_the_same_thing_twice_is_one_line() -> None:
    cart = after(Add(sku="COKE"), Add(sku="SPRITE"), Add(sku="COKE", quantity=2))
    assert shown(cart) == "3 COKE, 1 SPRITE"
    assert cart.last == cart.lines[0].id


def test_some_of_a_line_may_change() -> None:
    cart = after(Add(sku="CLUB", quantity=3), Change(line=1, count=2, options=(Choice("bread", "rye"),)))
    assert shown(cart) == "1 CLUB, 2 CLUB rye"
    assert shown(after(Change(line=1, options=(Choice("bread", "rye"),)), cart=cart)) == "3 CLUB rye"


def test_an_extra_is_taken_away_again() -> None:
    cart = after(Add(sku="PIZ-C", options=(OLIVES,)), Change(line=1, options=(NO_OLIVES,)))
    assert shown(cart) == "1 PIZ-C"
    assert cart.total == Decimal("12.50")


def test_a_line_goes_when_all_of_it_is_removed() -> None:
    cart = after(Add(sku="COKE", quantity=3), Add(sku="SPRITE"), Remove(line=1, quantity=2))
    assert shown(cart) == "1 COKE, 1 SPRITE"
    assert shown(after(Remove(line=1, quantity=9), cart=cart)) == "1 SPRITE"
    assert shown(after(Remove(line=1), cart=cart)) == "1 SPRITE"
    assert shown(after(Change(line=1, quantity=0), cart=cart)) == "1 SPRITE"
    assert shown(after(Clear(), cart=cart)) == ""


def test_line_numbers_are_never_used_again() -> None:
    cart = after(Add(sku="COKE"), Clear(), Add(sku="SPRITE"))
    assert cart.lines[0].id == 2


def test_a_required_option_is_asked_for() -> None:
    cart = after(Add(sku="GARDEN"))
    [question] = open_questions(cart, DINER)
    assert question.group.name == "dressing"
    assert open_questions(after(Change(line=1, options=(Choice("dressing", "ranch"),)), cart=cart), DINER) == ()


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (Add(sku="SOUP"), "unavailable"),
        (Add(sku="NONE"), "unknown"),
        (Add(sku="COKE", quantity=MOST_OF_ONE), "too_many"),
        (Add(sku="SPRITE", quantity=MOST_OF_ONE + 1), "too_many"),
        (Change(line=1, quantity=MOST_OF_ONE + 1), "too_many"),
        (Add(sku="COKE", options=(OLIVES,)), "unknown_option"),
        (Change(line=1, options=(OLIVES,)), "unknown_option"),
        (Change(line=7, quantity=2), "gone"),
        (Remove(line=7), "gone"),
        (Unknown(heard="lobster"), "unknown"),
        (Absent(heard="Sprite"), "absent"),
    ],
)
def test_what_cannot_be_done_leaves_a_plain_problem(operation: Operation, code: str) -> None:
    assert problem(after(Add(sku="COKE")), operation).code == code


def test_something_sold_out_comes_with_alternatives() -> None:
    assert problem(Cart(), Add(sku="SOUP")).alternatives == ("NOODLE",)


def test_an_order_has_at_most_fifty_lines() -> None:
    line = Line(id=1, sku="COKE", name="Coke", quantity=1, unit_price=Decimal(1))
    full = Cart(lines=tuple(replace(line, id=n, without=(f"w{n}",)) for n in range(1, MOST_LINES + 1)), made=MOST_LINES)
    assert problem(full, Add(sku="SPRITE")).code == "too_many_lines"


def test_too_many_of_several_things_are_told_one_by_one() -> None:
    cart, problems = take("five hundred cokes and a sprite and a lentil soup", Cart())
    assert shown(cart) == "1 SPRITE"
    assert [found.code for found in problems] == ["too_many", "unavailable"]


def test_removing_a_line_settles_the_question_about_it() -> None:
    cart = said("a large cheese pizza and a small cheese pizza", "make the cheese pizza a medium")
    assert len(cart.unsettled) == 1
    assert after(Remove(line=1), cart=cart).unsettled == ()


def test_the_cart_survives_json() -> None:
    cart = said("two large pepperoni pizzas without cheese", "a turkey", "a coke")
    assert cart.unsettled
    assert cart_from_json(cart_to_json(cart)) == cart
    cart = said("a large cheese pizza and a small cheese pizza", "remove the cheese pizza")
    assert cart_from_json(cart_to_json(cart)) == cart


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"lines": [3], "unsettled": [], "made": 1, "last": None}])
def test_json_that_is_no_cart_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        cart_from_json(value)  # type: ignore[arg-type]
