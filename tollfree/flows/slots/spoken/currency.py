"""Names of money: how callers and recognisers call the common currencies, and how amounts are said."""

from decimal import Decimal

from babel.numbers import UnknownCurrencyError, get_currency_name

from tollfree.flows.slots.spoken.aloud import number_in_words, whole_in_words

UNITS_OF_MONEY = frozenset(
    """$ £ € ¥ ₹ ₩ ₺ ₽ ₪ ฿ dollar dollars buck bucks usd cad aud nzd pound pounds quid gbp sterling euro euros eur yen
    jpy yuan renminbi rmb cny rupee rupees inr rs franc francs chf krona kronor krone kroner sek nok dkk peso pesos mxn
    real reais brl rand zar zloty zlotys pln shekel shekels ils won krw lira liras try ruble rubles baht thb koruna
    korunas czk forint huf dirham dirhams aed riyal riyals sar""".split()
)
"""Words and signs of a whole unit of money. "rand", "real" and "won" count only behind an amount."""
PARTS_OF_MONEY = frozenset(
    """cent cents penny pennies pence p c ¢ centavo centavos centime centimes rappen paise paisa ore groszy agorot
    fils halalas""".split()
)
"""Words and signs of a hundredth of a unit."""
QUALIFIERS = frozenset("us u s american canadian australian british swiss indian mexican english".split())
"""Said between an amount and its currency: "twenty US dollars"."""
_PART_NAMES = {
    "GBP": ("penny", "pence"),
    "INR": ("paisa", "paise"),
    "MXN": ("centavo", "centavos"),
    "BRL": ("centavo", "centavos"),
    "PHP": ("centavo", "centavos"),
    "CHF": ("rappen", "rappen"),
    "PLN": ("groszy", "groszy"),
    "ILS": ("agora", "agorot"),
    "SEK": ("ore", "ore"),
    "NOK": ("ore", "ore"),
    "DKK": ("ore", "ore"),
}
"""A hundredth of the currency, one and several; those missing here are cents, or have a `point` in speech."""
_CENTS = frozenset("USD EUR CAD AUD NZD SGD HKD ZAR".split())


def money_in_words(value: Decimal, currency: str) -> str:
    """An amount as people say it: "twenty-two dollars and fifty cents". Not negative; two decimals at most."""
    whole, hundredths = divmod(int(value * 100), 100)
    part = _PART_NAMES.get(currency) or (("cent", "cents") if currency in _CENTS else None)
    if hundredths and part is None:
        return f"{number_in_words(value)} {_unit_name(currency, 2)}"
    said_part = f"{whole_in_words(hundredths)} {part[0 if hundredths == 1 else 1]}" if hundredths and part else ""
    if said_part and not whole:
        return said_part
    said = f"{whole_in_words(whole)} {_unit_name(currency, whole)}"
    return f"{said} and {said_part}" if said_part else said


def _unit_name(currency: str, count: int) -> str:
    """ "dollars" of "US dollars"; a currency this program cannot read back is left out."""
    try:
        name = get_currency_name(currency, count, locale="en")
    except UnknownCurrencyError:
        return ""
    last = name.lower().split()[-1] if name else ""
    return last if last in UNITS_OF_MONEY else ""
