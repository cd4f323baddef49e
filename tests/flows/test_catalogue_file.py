"""Catalogues are read without loss, and what is wrong with one is told all at once."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tollfree.flows.catalogue import Catalogue, Item, OptionGroup, OptionValue
from tollfree.flows.catalogue_file import BadCatalogue, catalogue_from_json, catalogue_to_json, read_catalogue

HEADER = "sku,name,category,price,synonyms,options,available\n"
PIZZA = (
    'PZ1,Pepperoni Pizza,Pizzas,14.00,pepperoni|pepperoni pie,"size: small -2.00 | medium * | large +3.00; '
    'extras [many]: olives +0.50 (black olives, olive) | mushrooms +0.75",yes\n'
)


def faults(text: str) -> list[str]:
    with pytest.raises(BadCatalogue) as caught:
        read_catalogue("shop", text)
    return [str(fault) for fault in caught.value.faults]


def test_a_line_becomes_an_item_with_options() -> None:
    [item] = read_catalogue("shop", HEADER + PIZZA).items
    assert (item.sku, item.name, item.category, item.price) == ("PZ1", "Pepperoni Pizza", "Pizzas", Decimal("14.00"))
    assert item.synonyms == ("pepperoni", "pepperoni pie")
    size, extras = item.options
    assert (size.name, size.default, size.many) == ("size", "medium", False)
    assert [value.extra for value in size.values] == [Decimal("-2.00"), Decimal(0), Decimal("3.00")]
    assert (extras.name, extras.default, extras.many) == ("extras", None, True)
    assert extras.values[0] == OptionValue(name="olives", extra=Decimal("0.50"), synonyms=("black olives", "olive"))


def test_a_byte_order_mark_windows_lines_and_quoted_commas_are_read() -> None:
    text = '\ufeffsku,name,price\r\nA,"Ham, Cheese and Leek",5\r\n\r\nB,Tea,2\r\n'
    assert [item.name for item in read_catalogue("shop", text).items] == ["Ham, Cheese and Leek", "Tea"]


def test_semicolons_may_separate_the_cells() -> None:
    [item] = read_catalogue("shop", 'SKU;Name;Price;options\nA;Tea;2;"milk: oat | none *; cup: small"\n').items
    assert [group.name for group in item.options] == ["milk", "cup"]


def test_a_hyphen_inside_a_name_is_no_price() -> None:
    [item] = read_catalogue(
        "s", "sku,name,price,options\nA,Latte,4,crust: gluten-free +1 | half-and-half | 12 inch *"
    ).items
    assert [(value.name, value.extra) for value in item.options[0].values] == [
        ("gluten-free", Decimal(1)),
        ("half-and-half", Decimal(0)),
        ("12 inch", Decimal(0)),
    ]


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    found = faults(
        HEADER
        + "A,Tea,,2,,,yes\n"
        + "A,Coffee,,2,,,yes\n"
        + "B,,,-3,,,perhaps\n"
        + "C,Cake,,cheap,,size: small * | large *,\n"
        + "D,Pie,,4,,: x,\n"
        + "E,Pie,,4,,,,,,\n"
    )
    told = "\n".join(found)
    for part in (
        "line 3: The sku 'A' was used on line 2",
        "line 4: The name is empty",
        "line 4: The price '-3' is negative",
        "line 4: 'perhaps' under available",
        "line 5: The price 'cheap' is not an amount",
        "line 5: The option 'size' has 2 defaults",
        "line 6: The option ': x' has no name",
        "line 7: The line has 10 cells for 7 columns",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (HEADER, "no items"),
        ("sku,price\nA,2\n", "'name' is missing"),
        ("sku,name,price,colour\nA,B,2,red\n", "'colour' is unknown"),
        ("sku,name,price,price\nA,B,2,3\n", "'price' is there twice"),
        ('sku,name,price\nA,"B,2\n', "not CSV"),
        ("<html><body>Not found</body></html>", "is missing"),
        ("sku,name,price\nA,B,NaN\n", "not an amount"),
        ("sku,name,price\nA,B,1e99\n", "not an amount"),
        ("sku,name,price,options\nA,B,1,size: small (wee | large\n", "do not close"),
        ("sku,name,price,options\nA,B,1,size: small | small\n", "there twice"),
        ("sku,name,price,options\nA,B,1,size: a; Size: b\n", "there twice"),
        ("sku,name,price,options\nA,B,1,size:\n", "no values"),
    ],
)
def test_an_unusable_file_says_what_to_do(text: str, part: str) -> None:
    assert part in "\n".join(faults(text))


def test_a_huge_file_is_read() -> None:
    text = HEADER + "".join(f"S{n},Item number {n},Things,1.50,,,\n" for n in range(20_000))
    assert len(read_catalogue("shop", text).items) == 20_000


def test_a_tools_records_are_read_with_numbers_and_strings() -> None:
    catalogue = catalogue_from_json(
        "shop",
        {
            "items": [
                {"sku": 7, "name": "Tea", "price": 2.5, "synonyms": "cuppa|brew", "options": "milk: oat +0.5 | none *"},
                {"sku": "8", "name": "Pie", "price": "4", "options": [{"name": "size", "values": ["small", "large"]}]},
            ]
        },
    )
    tea, pie = catalogue.items
    assert (tea.sku, tea.price, tea.synonyms) == ("7", Decimal("2.5"), ("cuppa", "brew"))
    assert [value.name for value in pie.options[0].values] == ["small", "large"]


@pytest.mark.parametrize("value", [None, "x", 3, {"a": 1}, [3], [[]], [{"sku": "A"}], [{"options": [1]}], []])
def test_json_that_is_no_catalogue_is_refused(value: object) -> None:
    with pytest.raises(BadCatalogue):
        catalogue_from_json("shop", value)  # type: ignore[arg-type]


names = st.from_regex(r"[A-Za-z][a-z0-9é'-]{0,8}( [a-z][a-z0-9-]{0,6}){0,2}", fullmatch=True)
prices = st.decimals(min_value=0, max_value=1000, places=2)
extras = st.decimals(min_value=-50, max_value=50, places=2)


@st.composite
def groups(draw: st.DrawFn, name: str) -> OptionGroup:
    values = draw(st.lists(names, min_size=1, max_size=4, unique_by=str.lower))
    many = draw(st.booleans())
    return OptionGroup(
        name=name,
        values=tuple(
            OptionValue(name=value, extra=draw(extras), synonyms=tuple(draw(st.lists(names, max_size=2, unique=True))))
            for value in values
        ),
        default=draw(st.none() | st.sampled_from(values)),
        many=many,
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    items: list[Item] = []
    for sku in draw(st.lists(names, min_size=1, max_size=5, unique=True)):
        group_names = draw(st.lists(names, max_size=3, unique_by=str.lower))
        items.append(
            Item(
                sku=sku,
                name=draw(names),
                price=draw(prices),
                category=draw(st.just("") | names),
                synonyms=tuple(draw(st.lists(names, max_size=3, unique=True))),
                options=tuple(draw(groups(name)) for name in group_names),
                available=draw(st.booleans()),
            )
        )
    return Catalogue("shop", tuple(items))


@given(catalogues())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_catalogue_survives_json(catalogue: Catalogue) -> None:
    assert catalogue_from_json("shop", catalogue_to_json(catalogue)) == catalogue


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_no_text_raises_anything_but_bad_catalogue(text: str) -> None:
    for source in (text, HEADER + text):
        try:
            read_catalogue("shop", source)
        except BadCatalogue as error:
            assert error.faults
