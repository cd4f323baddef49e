"""Laws of orders, for orders and words as hypothesis makes them."""

from decimal import Decimal

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.flows.ordering.menus import DINER, PRINTS, read, said, shown, take
from tollfree.flows.catalogue import Catalogue, Item, OptionGroup
from tollfree.flows.ordering.cart import MOST_LINES, MOST_OF_ONE, Cart, Problem, apply, open_questions
from tollfree.flows.ordering.cart_json import cart_from_json, cart_to_json
from tollfree.flows.ordering.operations import (
    Absent,
    Add,
    Ambiguous,
    Change,
    Choice,
    Clear,
    Dismiss,
    Operation,
    Remove,
    Unknown,
    Which,
    operation_from_json,
    operation_to_json,
)
from tollfree.flows.ordering.reading import read_order
from tollfree.flows.ordering.wording import say_cart, say_lines, say_so_far

CATALOGUES = st.sampled_from([DINER, PRINTS])
NUMBERS = {2: "two", 3: "three", 4: "4", 6: "half a dozen", 12: "twelve", 21: "twenty one", 35: "35"}


def one_of(catalogue: Catalogue) -> st.SearchStrategy[Item]:
    return st.sampled_from([item for item in catalogue.items if item.available])


@st.composite
def chosen(draw: st.DrawFn, item: Item) -> tuple[Choice, ...]:
    """Some options of an item: one of each group that needs one, and perhaps more."""
    choices: list[Choice] = []
    for group in item.options:
        names = [value.name for value in group.values if not value.name.startswith("no ")]
        if group.many:
            picked = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
            choices += [Choice(group.name, name) for name in names if name in picked]
        elif group.default is None or draw(st.booleans()):
            choices.append(Choice(group.name, draw(st.sampled_from(names))))
    return tuple(choices)


@st.composite
def adds(draw: st.DrawFn, catalogue: Catalogue) -> Add:
    item = draw(one_of(catalogue))
    return Add(sku=item.sku, quantity=draw(st.sampled_from([1, *NUMBERS])), options=draw(chosen(item)))


@st.composite
def utterances(draw: st.DrawFn) -> tuple[Catalogue, str, tuple[Add, ...]]:
    """Several things asked for, as people ask, and what they are."""
    catalogue = draw(CATALOGUES)
    wanted = tuple(draw(adds(catalogue)) for _ in range(draw(st.integers(1, 4))))
    assume(len({add.sku for add in wanted}) == len(wanted))
    spoken = [draw(phrases(catalogue, add)) for add in wanted]
    opening = draw(st.sampled_from(["", "can i get ", "i'd like ", "um hi could i have ", "i'll take ", "Give me "]))
    joint = draw(st.sampled_from([" and ", ", ", " and um ", ", and "]))
    closing = draw(st.sampled_from(["", " please", ", thanks", " that's all"]))
    return catalogue, opening + joint.join(spoken) + closing, wanted


@st.composite
def phrases(draw: st.DrawFn, catalogue: Catalogue, add: Add) -> str:
    item = next(item for item in catalogue.items if item.sku == add.sku)
    groups = {group.name: group for group in item.options}
    front = [choice.value for choice in add.options if draw(st.booleans()) and _may_lead(groups[choice.group])]
    behind = [choice.value for choice in add.options if choice.value not in front]
    name = draw(st.sampled_from([item.name, *(other for other in item.synonyms if other != "buffalo wings")]))
    number = "a" if add.quantity == 1 else NUMBERS[add.quantity]
    assume(not (add.quantity > 1 and item.sku in ("EGGS", "SEVEN", "WINGS")))
    said_name = name + "s" if add.quantity > 1 and not name.endswith("s") and " of " not in name else name
    tail = f" with {' and '.join(behind)}" if behind else ""
    return " ".join([number, *front, said_name]) + tail


def _may_lead(group: OptionGroup) -> bool:
    return not group.many and not any(value.name in ("six", "twelve") for value in group.values)


@given(utterances())
@settings(max_examples=200, deadline=None)
def test_what_is_asked_for_is_what_is_read(case: tuple[Catalogue, str, tuple[Add, ...]]) -> None:
    catalogue, text, wanted = case
    reading = read_order(text, catalogue)
    assert [getattr(operation, "sku", operation) for operation in reading.operations] == [add.sku for add in wanted], (
        text
    )
    for operation, add in zip(reading.operations, wanted, strict=True):
        assert isinstance(operation, Add)
        assert operation.quantity == add.quantity, text
        assert set(operation.options) == set(add.options), text
    assert reading.unexplained == ()
    assert reading.done == text.endswith("that's all")


@st.composite
def carts(draw: st.DrawFn) -> tuple[Catalogue, Cart]:
    catalogue = draw(CATALOGUES)
    cart = Cart()
    for add in draw(st.lists(adds(catalogue), min_size=1, max_size=5)):
        after = apply(cart, add, catalogue)
        cart = after if isinstance(after, Cart) else cart
    return catalogue, cart


@given(carts())
@settings(max_examples=200, deadline=None)
def test_an_order_read_back_is_understood_as_the_same_order(case: tuple[Catalogue, Cart]) -> None:
    catalogue, cart = case
    spoken = say_lines(cart.lines, catalogue)
    again = said(spoken, catalogue=catalogue)
    assert sorted(shown(again).split(", ")) == sorted(shown(cart).split(", ")), spoken
    assert again.total == cart.total


LINES = st.integers(0, 6)
COUNTS = st.none() | st.integers(-3, 120)
WORDS = st.text(max_size=12)


@st.composite
def options(draw: st.DrawFn) -> tuple[Choice, ...]:
    values = [(group.name, value.name) for item in DINER.items for group in item.options for value in group.values]
    return tuple(Choice(*draw(st.sampled_from(values)), draw(st.booleans())) for _ in range(draw(st.integers(0, 2))))


SKUS = st.sampled_from([*(item.sku for item in DINER.items), "NONE"])
FREE = st.lists(WORDS, max_size=2).map(tuple)
CHANGES = st.builds(
    Change,
    line=LINES,
    quantity=COUNTS,
    count=COUNTS,
    options=options(),
    without=FREE,
    heard=WORDS,
    settles=st.booleans(),
)
REMOVES = st.builds(Remove, line=LINES, quantity=COUNTS, heard=WORDS, settles=st.booleans())
OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(
        Add,
        sku=SKUS,
        quantity=st.integers(-3, 120),
        options=options(),
        without=FREE,
        heard=WORDS,
        settles=st.booleans(),
    ),
    CHANGES,
    REMOVES,
    st.builds(
        Ambiguous,
        candidates=st.lists(SKUS, max_size=3).map(tuple),
        more=st.booleans(),
        quantity=st.integers(1, 5),
        options=options(),
    ),
    st.builds(Which, lines=st.lists(LINES, max_size=3).map(tuple), operation=st.one_of(CHANGES, REMOVES)),
    st.builds(Unknown, heard=WORDS, nearest=st.lists(SKUS, max_size=3).map(tuple)),
    st.builds(Absent, heard=WORDS),
    st.builds(Clear, heard=WORDS),
    st.builds(Dismiss, heard=WORDS),
)


@given(OPERATIONS)
@settings(max_examples=150, deadline=None)
def test_operations_survive_json(operation: Operation) -> None:
    assert operation_from_json(operation_to_json(operation)) == operation


@given(st.lists(OPERATIONS, max_size=15))
@settings(max_examples=200, deadline=None)
def test_no_operations_make_an_impossible_cart(operations: list[Operation]) -> None:
    cart = Cart()
    for operation in operations:
        after = apply(cart, operation, DINER)
        before, cart = cart, cart if isinstance(after, Problem) else after
        assert isinstance(say_so_far(before, cart, DINER), str)
    assert all(1 <= line.quantity <= MOST_OF_ONE for line in cart.lines)
    assert len(cart.lines) <= MOST_LINES
    assert len({line.id for line in cart.lines}) == len(cart.lines)
    assert len({(line.sku, line.options, line.without) for line in cart.lines}) == len(cart.lines)
    assert cart.total == sum((line.unit_price * line.quantity for line in cart.lines), Decimal(0))
    assert cart.last is None or cart.line(cart.last) is not None
    assert cart_from_json(cart_to_json(cart)) == cart
    assert len(open_questions(cart, DINER)) <= len(cart.lines)


FRAGMENTS = st.sampled_from(
    """a two no not and with without the one that it make change to instead of remove another same again actually
    just cancel large oat milk turkey club coke cokes pizza pizzas salad dressing ranch italian both either second last
    never mind start over how much is do you have i'd like can get lobster 7 up dozen half eggs sorry mean , . ? of
    those these them other x times hold no extra more rye all""".split()
)


@given(st.lists(FRAGMENTS, max_size=25), st.lists(FRAGMENTS, max_size=25))
@settings(max_examples=200, deadline=None)
@example(["turkey"], ["both"])
def test_no_words_of_ordering_raise_whatever_their_order(first: list[str], second: list[str]) -> None:
    cart, _ = take(" ".join(first), Cart())
    cart, _ = take(" ".join(second), cart)
    assert all(1 <= line.quantity <= MOST_OF_ONE for line in cart.lines)
    assert isinstance(say_cart(cart, DINER), str)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_raises(text: str) -> None:
    reading = read(text, said("a turkey and a garden salad"))
    assert 0 <= reading.confidence <= 1
