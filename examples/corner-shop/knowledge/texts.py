"""What the shop's documents say. It agrees with `policies/`, `catalogue.csv` and the backend."""

RETURNS = (
    (
        "Returns",
        (
            "Household goods and unopened pantry goods can be returned within 30 days of delivery. The day of delivery "
            "does not count. For an order that was picked up, the day of pickup is the day of delivery.",
            "Call us with your five-digit order number and tell us why it is coming back. Bring the goods to the "
            "counter, or hand them to our driver at your next delivery. No receipt is needed.",
        ),
    ),
    (
        "Refunds",
        (
            "The full price goes back to the card or cash you paid with, within five working days of our having the "
            "goods. There is no restocking fee. Delivery charges and tips are not refunded.",
            "We do not exchange goods by phone: return the one and order the other.",
        ),
    ),
    (
        "Damaged or wrong goods",
        (
            "If what reached you is broken, spoiled or not what you ordered, the 30 days and the rule on food do not "
            "apply. Ask for a person, and we will replace it or refund it.",
        ),
    ),
)
DELIVERY = (
    (
        "Delivery",
        (
            "We deliver within a mile of the shop, usually in about 45 minutes. Delivery is free, and there is no "
            "minimum order.",
            "If nobody answers the door, the driver rings you, waits five minutes, and brings the order back to the "
            "shop. We keep it there for an hour.",
            "Our drivers cannot take orders, and they do not carry change for bills over twenty dollars.",
        ),
    ),
    (
        "Pickup",
        (
            "Orders for pickup are usually ready in about 20 minutes. Come to the counter and give your name or your "
            "order number. We keep a hot order warm for an hour.",
        ),
    ),
    (
        "Large orders",
        ("Orders for more than ten people need a day's notice. For these we ask for half of the price in advance.",),
    ),
)
RETURN_TABLE = (
    ("Goods", "Can come back", "Until when"),
    ("Batteries and light bulbs", "yes", "30 days after delivery"),
    ("Phone chargers", "yes", "30 days after delivery"),
    ("Umbrellas and bags", "yes", "30 days after delivery"),
    ("Mugs and candles", "yes", "30 days after delivery"),
    ("Unopened pantry goods", "yes", "30 days after delivery"),
    ("Pizzas, subs and sandwiches", "no", "never, unless something was wrong with them"),
    ("Drinks and desserts", "no", "never, unless something was wrong with them"),
    ("Fresh groceries", "no", "never, unless something was wrong with them"),
)
HANDBOOK = (
    (
        "Opening hours",
        (
            "The shop on Orchard Street is open from 7 AM to 9 PM on Mondays to Thursdays, from 7 AM to 11 PM on "
            "Fridays, from 8 AM to 11 PM on Saturdays, and from 8 AM to 8 PM on Sundays.",
            "The kiosk on Grand Street is open from 8 AM to 6 PM on weekdays, and closed on Saturdays and Sundays.",
            "Both are closed on New Year's Day, Thanksgiving and Christmas Day. On other holidays the usual hours "
            "apply.",
        ),
    ),
    (
        "Parking",
        (
            "Customers may park behind the shop; the entrance is on Ludlow Street. Parking is free for thirty minutes "
            "on weekdays and Saturdays, and longer stays cost two dollars an hour.",
            "On Sundays parking is free all day. There are two spaces for disabled drivers next to the back door.",
        ),
    ),
    (
        "Paying",
        (
            "You can pay in cash, with a debit card or with any of the usual credit cards, at the counter and at the "
            "door. We do not take checks, and we do not accept bills over fifty dollars.",
            "Gift cards of ten, twenty-five and fifty dollars are sold at the counter. They never expire.",
        ),
    ),
    (
        "Allergies",
        (
            "Our kitchen handles wheat, milk, eggs, soy, nuts, sesame and fish, and everything is made on the same "
            "tables. We cannot promise that any dish is free of traces.",
            "Gluten-free bread is not available. Tell us about an allergy when you order, and the cook will change "
            "gloves and use a clean board.",
        ),
    ),
    (
        "Dogs and bicycles",
        (
            "Dogs on a leash are welcome in the shop, but not at the food counter. Bicycles stay outside; there is a "
            "rack in front of the window.",
        ),
    ),
    (
        "Access and restrooms",
        (
            "The front door is wide and has no step, so wheelchairs and strollers get in easily. The restroom is for "
            "customers; ask at the counter for the key.",
        ),
    ),
    (
        "Lost property",
        (
            "Whatever is left in the shop is kept at the counter for 30 days, and then given to charity. Callers who "
            "have lost something should say what it is and when they were here.",
        ),
    ),
    (
        "Working here",
        (
            "We look for part-time helpers in summer and in December. People bring their application to the counter "
            "on a weekday morning and ask for Rosa.",
        ),
    ),
    (
        "Gift baskets",
        (
            "Gift baskets are packed to order. Choose a basket at the counter or by phone. Tell us what should go in "
            "it, and what it may cost. Add a card with up to thirty words. Baskets are ready the next day after noon. "
            "We deliver them like any other order.",
        ),
    ),
)
STORES = (
    (
        "Store", "Address", "Phone", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ),
    (
        "Orchard Street", "96 Orchard Street", "+1 212 555 0100", "7 AM to 9 PM", "7 AM to 9 PM", "7 AM to 9 PM",
        "7 AM to 9 PM", "7 AM to 11 PM", "8 AM to 11 PM", "8 AM to 8 PM",
    ),
    (
        "The kiosk on Grand Street", "310 Grand Street", "+1 212 555 0101", "8 AM to 6 PM", "8 AM to 6 PM",
        "8 AM to 6 PM", "8 AM to 6 PM", "8 AM to 6 PM", "closed", "closed",
    ),
)  # fmt: skip
ALLERGENS = {
    "pizza": "wheat, milk",
    "sub": "wheat, milk, soy",
    "sandwich": "wheat, milk, eggs",
    "salad": "milk",
    "dessert": "wheat, milk, eggs",
    "brownie": "wheat, milk, eggs, walnuts",
    "chocolate chip cookie": "wheat, milk, eggs",
    "cannoli": "wheat, milk, eggs, pistachios",
    "tiramisu": "wheat, milk, eggs",
    "chicken noodle soup": "wheat, eggs, celery",
    "lentil soup": "celery",
    "tuna sub": "wheat, milk, fish",
    "Caesar salad": "wheat, milk, eggs, fish",
    "pastrami on rye": "wheat, mustard",
    "BLT": "wheat, eggs",
    "garlic knots": "wheat, milk",
    "garlic bread": "wheat, milk",
    "onion rings": "wheat, milk",
    "mozzarella sticks": "wheat, milk, eggs",
    "chicken wings": "celery, milk",
    "coleslaw": "eggs, mustard",
    "gallon of milk": "milk",
    "dozen eggs": "eggs",
    "stick of butter": "milk",
    "pound of cheddar": "milk",
    "loaf of bread": "wheat",
    "box of spaghetti": "wheat",
}
"""By item, else by category."""
VEGETARIAN = frozenset(
    "cheese pizza|margherita pizza|veggie pizza|white pizza|grilled cheese|garden salad|Greek salad|lentil soup|"
    "French fries|onion rings|garlic knots|garlic bread|mozzarella sticks|potato chips|coleslaw|Coke|Diet Coke|"
    "Coke Zero|craft cola|cherry cola|Sprite|ginger ale|root beer|bottle of water|sparkling water|lemonade|iced tea|"
    "orange juice|chocolate milk|coffee|iced coffee|latte|cappuccino|espresso|hot tea|hot chocolate|cheesecake|"
    "chocolate cake|chocolate chip cookie|cannoli|tiramisu|brownie".split("|")
)
