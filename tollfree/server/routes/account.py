"""One's own account, and the links by which a password is set."""

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tollfree.server.access import anyone, guarded, signed_in
from tollfree.server.desk import TheDesk, Who
from tollfree.server.routes.session import (
    Password,
    Person,
    SessionFacts,
    address_of,
    signed_in_answer,
)

router = guarded("account")


class AccountChange(BaseModel):
    """What is to be different."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200, examples=["Ada Lovelace"])


class PasswordChange(BaseModel):
    """A new password in place of the old one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    old: Password
    new: Password = Field(examples=["seven wrens above Wick"])


class NewPassword(BaseModel):
    """A password that is set by a link."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    token: str = Field(min_length=1, max_length=200, examples=["nT7Yc2Lq9wA"])
    """From the link."""
    password: Password


@router.patch("/account", dependencies=[signed_in()])
async def change_account(desk: TheDesk, who: Who, given: AccountChange) -> Person:
    """Change one's name."""
    user = await desk.store.users.change(who.id, name=given.name)
    return Person(id=user.id, email=user.email, name=user.name)


@router.post("/account/password", dependencies=[signed_in()])
async def change_password(
    request: Request, response: Response, desk: TheDesk, who: Who, given: PasswordChange
) -> SessionFacts:
    """Change one's password: it ends every other sign-in, and this one gets a new cookie and token."""
    old, new = given.old.get_secret_value(), given.new.get_secret_value()
    user, token = await desk.doorkeeper.change_password(who.id, old, new, address_of(request, desk))
    return await signed_in_answer(request, response, desk, user, token)


@router.post("/set-password", dependencies=[anyone()])
async def set_password(request: Request, response: Response, desk: TheDesk, given: NewPassword) -> SessionFacts:
    """Set a password by the link that an admin gave, and sign in."""
    user, token = await desk.doorkeeper.set_password(given.token, given.password.get_secret_value())
    return await signed_in_answer(request, response, desk, user, token)
