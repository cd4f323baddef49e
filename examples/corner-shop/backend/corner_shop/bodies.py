"""What may be sent to the shop, checked at the door."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
"""Words of a caller."""
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{7,14}$")]
"""A number in E.164."""


class Body(BaseModel):
    """Fields beyond those named are ignored: a voice agent may send its own view of an item along."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class OrderedItem(Body):
    """One line of a new order. Prices are the shop's, never the caller's."""

    sku: str
    quantity: int = Field(ge=1, le=99, strict=True)
    options: dict[str, str | list[str] | None] = Field(default_factory=dict[str, str | list[str] | None])
    """By group: one value's name, or a list of names where several are allowed. What is left out takes its default."""


class NewOrder(Body):
    """POST /orders"""

    items: list[OrderedItem] = Field(min_length=1, max_length=50)
    account_id: str | None = None
    """Whose order it is; its name, phone and address are used unless given here."""
    name: Line = ""
    phone: Phone | Literal[""] = ""
    fulfilment: Literal["pickup", "delivery"] = "pickup"
    address: Line = ""
    note: Line = ""
    total: str | None = None
    """What the caller was told it costs, such as `22.50`. A different price is answered 409, and nothing is ordered."""


class NewReturn(Body):
    """POST /orders/{number}/returns"""

    reason: Line = Field(min_length=1)
    """In the caller's words; kept whether or not the return is accepted."""
    items: list[str] = Field(default_factory=list[str], max_length=50)
    """Codes of the items to return; empty: everything in the order that may come back."""


class NewStaffRequest(Body):
    """POST /staff/requests"""

    kind: Literal["callback", "transfer"] = "callback"
    name: Line = ""
    phone: Phone | Literal[""] = ""
    """Where to call back. Needed for a callback."""
    reason: Line = ""
    summary: Line = ""
    """What the person who takes it should know."""
