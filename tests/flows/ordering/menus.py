"""Small catalogues that the order tests share: a diner's, and a print shop's that has nothing to do with food."""

from tollfree.flows.catalogue import Catalogue
from tollfree.flows.catalogue_file import read_catalogue
from tollfree.flows.ordering.cart import Cart, Problem, apply
from tollfree.flows.ordering.reading import OrderReading, read_order

_SIZE = "size: small -2.00 | medium * | large +3.00 (big, 16 inch, sixteen inch)"
_TOPPINGS = "toppings [many]: extra cheese +1.50 | mushrooms +1.00 (mushroom) | olives +0.50 | onions +0.75"
_MILK = "size: small * | large +0.75; milk: whole milk * | oat milk +0.60 (oat) | soy milk +0.60; sweet [many]: sugar"
_DRESSING = "dressing: ranch | italian | balsamic; leave out [many]: no onions (hold the onions)"
_BREAD = "bread: white * | whole wheat (wheat) | rye; leave out [many]: no mayo"
_WINGS = "count: six * (half a dozen) | twelve +8.00 (a dozen); sauce: mild * | buffalo"

DINER = read_catalogue(
    "diner",
    f"""sku,name,category,price,synonyms,options,available
PIZ-C,cheese pizza,pizza,12.50,plain pizza,"{_SIZE}; {_TOPPINGS}",yes
PIZ-P,pepperoni pizza,pizza,14.50,pepperoni,"{_SIZE}; {_TOPPINGS}",yes
PIZ-V,veggie pizza,pizza,15.00,vegetarian pizza,"{_SIZE}; {_TOPPINGS}; leave out [many]: no peppers",yes
CLUB,turkey club,sandwich,10.50,turkey club sandwich,{_BREAD},yes
SUB,turkey sub,sub,8.50,turkey hoagie,bread: white * | rye,yes
GARDEN,garden salad,salad,8.00,green salad,"{_DRESSING}",yes
SOUP,lentil soup,soup,5.25,,,no
NOODLE,chicken noodle soup,soup,5.50,,,yes
FRIES,French fries,side,4.00,fries,size: regular * | large +1.50,yes
WINGS,chicken wings,side,9.50,wings|buffalo wings,{_WINGS},yes
COKE,Coke,drink,1.95,coca cola,size: can * | bottle +0.80 (twenty ounce),yes
DIET,Diet Coke,drink,1.95,diet cola,,yes
SPRITE,Sprite,drink,1.95,,,yes
SEVEN,7 Up,drink,1.95,seven up,,yes
LATTE,latte,coffee,4.25,caffè latte,"{_MILK}",yes
CAPP,cappuccino,coffee,4.25,,"{_MILK}",yes
EGGS,dozen eggs,grocery,4.25,eggs,,yes
WATER,bottle of water,drink,1.50,water,,yes
""",
)

PRINTS = read_catalogue(
    "prints",
    """sku,name,price,synonyms,options
BC,business card,20,visiting card,finish: matte * | glossy +5 (gloss); paper: recycled | cotton +9
FL,flyer,35,leaflet,size: A5 * | A4 +10; extras [many]: folding +4 (folded) | rush +15 (express)
RB,roll-up banner,89,roll up|pull up banner,
VB,vinyl banner,60,,
MG,mug,9.90,,color: white * | black | red
""",
)


def said(*utterances: str, catalogue: Catalogue = DINER) -> Cart:
    """The order after the utterances, each read and applied in turn."""
    cart = Cart()
    for text in utterances:
        cart, _ = take(text, cart, catalogue)
    return cart


def take(text: str, cart: Cart, catalogue: Catalogue = DINER) -> tuple[Cart, tuple[Problem, ...]]:
    """One utterance read and applied, and what could not be done of it."""
    problems: list[Problem] = []
    for operation in read(text, cart, catalogue).operations:
        after = apply(cart, operation, catalogue)
        if isinstance(after, Problem):
            problems.append(after)
        else:
            cart = after
    return cart, tuple(problems)


def read(text: str, cart: Cart | None = None, catalogue: Catalogue = DINER) -> OrderReading:
    """What an utterance means for the order so far."""
    return read_order(text, catalogue, cart)


def shown(cart: Cart) -> str:
    """An order in brief: `2 COKE bottle, 1 CLUB rye -mayo`; defaults are left out."""
    return ", ".join(
        " ".join(
            [
                str(line.quantity),
                line.sku,
                *(choice.value for choice in line.options if (line.sku, choice.group, choice.value) not in _DEFAULTS),
                *(f"-{words}" for words in line.without),
            ]
        )
        for line in cart.lines
    )


_DEFAULTS = {
    (item.sku, group.name, group.default)
    for catalogue in (DINER, PRINTS)
    for item in catalogue.items
    for group in item.options
}
