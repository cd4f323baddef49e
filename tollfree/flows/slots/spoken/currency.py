"""Names of money: how callers and recognisers call the common currencies, and how amounts are said."""

from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import UnknownCurrencyError, get_currency_name

from tollfree.flows.slots.spoken.aloud import number_in_words, whole_in_words

_CURRENCIES_OF = {
    word: frozenset(codes.split())
    for codes, names in (
        ("USD CAD AUD NZD SGD HKD JMD BBD BSD TTD", "$ dollar dollars buck bucks"),
        ("GBP EGP GIP FKP SHP LBP SYP", "£ pound pounds"),
        ("GBP", "quid sterling"),
        ("EUR", "€ euro euros"),
        ("JPY CNY", "¥"),
        ("JPY", "yen"),
        ("CNY", "yuan renminbi rmb"),
        ("INR", "₹"),
        ("INR PKR LKR NPR MUR", "rupee rupees rs"),
        ("CHF XAF XOF", "franc francs"),
        ("SEK ISK", "krona kronor"),
        ("NOK DKK", "krone kroner"),
        ("MXN PHP COP ARS CLP UYU DOP CUP", "peso pesos"),
        ("BRL", "real reais"),
        ("ZAR", "rand"),
        ("PLN", "zloty zlotys"),
        ("ILS", "₪ shekel shekels"),
        ("KRW", "₩ won"),
        ("TRY", "₺ lira liras"),
        ("RUB", "₽ ruble rubles"),
        ("THB", "฿ baht"),
        ("CZK", "koruna korunas"),
        ("HUF", "forint"),
        ("AED MAD", "dirham dirhams"),
        ("SAR QAR OMR YER", "riyal riyals"),
    )
    for word in names.split()
} | {
    code.lower(): frozenset({code})
    for code in """USD CAD AUD NZD GBP EUR JPY CNY INR CHF SEK NOK DKK MXN BRL ZAR PLN ILS KRW TRY THB CZK HUF AED
    SAR""".split()
}
UNITS_OF_MONEY = frozenset(_CURRENCIES_OF)
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


def is_foreign(words: Iterable[str], currency: str) -> bool:
    """Whether the words name a currency, and not this one; a currency whose name is not known is never foreign."""
    named = [_CURRENCIES_OF[word] for word in words if word in _CURRENCIES_OF]
    known = any(currency in codes for codes in _CURRENCIES_OF.values())
    return known and bool(named) and not any(currency in codes for codes in named)


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
