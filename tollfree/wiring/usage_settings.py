"""What usage is reckoned at."""

from pydantic import BaseModel, ConfigDict, Field


class UsageSettings(BaseModel):
    """Prices that usage is held against."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    per_minute_price: float = Field(default=0.0, ge=0)
    """What a minute of a call costs where minutes are paid for; `tollfree usage` says what the same minutes would have
    cost. 0: nothing is compared."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """ISO 4217 code of that price, and of the prices of routes."""
