"""Users, sign-ins, keys, links and the audit trail, on both databases."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.calls.store.shop import NOW, SHOP, MovedClock, furnish
from tollfree.calls.store.api_keys import USED_EVERY
from tollfree.calls.store.errors import (
    AlreadyMember,
    BadEmail,
    EmailTaken,
    LastAdmin,
    StaleResource,
    UnknownProject,
    UnknownResource,
    UnknownUser,
)
from tollfree.calls.store.store import Store
from tollfree.calls.store.users import User
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role

BAKERY = ProjectId("bakery")
LATER = NOW + timedelta(days=365)


async def ada(store: Store, *, everywhere: bool = False) -> User:
    return await store.users.add(email="Ada@Example.com ", name="Ada", password_hash="h", everywhere=everywhere)


async def test_an_address_is_one_persons_however_it_is_written(store: Store) -> None:
    made = await ada(store)
    assert made.email == "ada@example.com"
    with pytest.raises(EmailTaken):
        await store.users.add(email="ADA@example.com", name="", password_hash="h")
    found = await store.users.by_email(" ADA@EXAMPLE.COM")
    assert found is not None and found[0] == made and found[1] == "h"
    assert await store.users.by_email("nobody@example.com") is None


@pytest.mark.parametrize("email", ["", "ada", "@example.com", "ada@", "a b@example.com", "ada@exam ple.com", "a@b@c"])
async def test_what_is_no_address_is_refused(store: Store, email: str) -> None:
    with pytest.raises(BadEmail):
        await store.users.add(email=email, name="", password_hash="h")
    with pytest.raises(BadEmail):
        await store.users.add_first(email=email, name="", password_hash="h")


async def test_of_two_who_come_first_one_does(store: Store) -> None:
    both = [store.users.add_first(email=f"{n}@example.com", name="", password_hash="h") for n in range(2)]
    made = await asyncio.gather(*both)
    assert len([one for one in made if one is not None]) == 1
    assert len(await store.users.list()) == 1


async def test_somebody_can_always_administer_the_installation(store: Store) -> None:
    first = await ada(store, everywhere=True)
    second = await store.users.add(email="b@example.com", name="", password_hash="h", everywhere=True)
    await store.users.change(second.id, disabled=True)
    for last in (
        store.users.change(first.id, everywhere=False),
        store.users.change(first.id, disabled=True),
        store.users.remove(first.id),
    ):
        with pytest.raises(LastAdmin):
            await last
    await store.users.change(second.id, disabled=False)
    await store.users.remove(first.id)
    assert [one.id for one in await store.users.list()] == [second.id]


async def test_admins_who_remove_each_other_do_not_both_succeed(store: Store) -> None:
    first = await ada(store, everywhere=True)
    second = await store.users.add(email="b@example.com", name="", password_hash="h", everywhere=True)
    ended = await asyncio.gather(store.users.remove(first.id), store.users.remove(second.id), return_exceptions=True)
    assert [type(one) for one in ended].count(LastAdmin) == 1
    assert len(await store.users.list()) == 1


async def test_nobody_is_changed_who_is_not_there(shop: Store) -> None:
    for nobody in (
        shop.users.get("u_no"),
        shop.users.change("u_no", name="x"),
        shop.users.set_password("u_no", "h"),
        shop.users.remove("u_no"),
        shop.users.grant("u_no", SHOP, Role.VIEWER),
        shop.users.admit("u_no", SHOP, Role.VIEWER),
        shop.password_links.make("t", "u_no", LATER),
    ):
        with pytest.raises(UnknownUser):
            await nobody


async def test_of_two_who_change_a_person_at_once_one_does(shop: Store) -> None:
    user = await ada(shop)
    changes = [shop.users.change(user.id, name=name, expected=user.sha256) for name in ("Grace", "Edith")]
    ended = await asyncio.gather(*changes, return_exceptions=True)
    assert [type(one) for one in ended].count(StaleResource) == 1
    [made] = [one for one in ended if isinstance(one, User)]
    assert await shop.users.get(user.id) == made
    await shop.users.change(user.id, disabled=True, expected=made.sha256)

    await shop.users.grant(user.id, SHOP, Role.VIEWER)
    roles = [Role.EDITOR, Role.ADMIN]
    given = [shop.users.grant(user.id, SHOP, role, expected=Role.VIEWER) for role in roles]
    refused = await asyncio.gather(*given, return_exceptions=True)
    assert [type(one) for one in refused].count(StaleResource) == 1
    assert (await shop.users.roles(user.id))[SHOP] is roles[refused.index(None)]


async def test_nobody_is_given_a_part_by_whoever_saw_them_have_one_before(shop: Store) -> None:
    user = await ada(shop)
    with pytest.raises(StaleResource, match="was deleted"):
        await shop.users.grant(user.id, SHOP, Role.ADMIN, expected=Role.VIEWER)
    assert await shop.users.roles(user.id) == {}


async def test_of_two_who_give_a_person_a_part_at_once_one_does(shop: Store) -> None:
    user = await ada(shop)
    roles = [Role.EDITOR, Role.ADMIN]
    ended = await asyncio.gather(*(shop.users.admit(user.id, SHOP, role) for role in roles), return_exceptions=True)
    given = roles[ended.index(None)]
    [refused] = [one for one in ended if isinstance(one, AlreadyMember)]
    assert refused.role is given and await shop.users.roles(user.id) == {SHOP: given}
    with pytest.raises(AlreadyMember, match=f"is a member already, as {given.value}"):
        await shop.users.admit(user.id, SHOP, Role.VIEWER)
    assert await shop.users.roles(user.id) == {SHOP: given}


async def waiting(connection: AsyncConnection, count: int) -> None:
    """Until so many transactions wait for a lock."""
    wanted = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    while await connection.scalar(wanted) != count:
        pass


@pytest.mark.postgres
@pytest.mark.parametrize("revoked_first", [True, False])
async def test_who_loses_their_part_while_it_is_changed_has_none(postgresql_url: str, revoked_first: bool) -> None:
    async with await Store.open(postgresql_url, clock=MovedClock()) as shop:
        await furnish(shop, SHOP)
        user = await ada(shop)
        await shop.users.grant(user.id, SHOP, Role.VIEWER)
        acts = [shop.users.revoke(user.id, SHOP), shop.users.grant(user.id, SHOP, Role.EDITOR, expected=Role.VIEWER)]
        ended: list[asyncio.Task[str]] = []
        database = shop.users._database  # noqa: SLF001 - to stop whoever comes first half-way
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks, database.writing() as held:
            await held.execute(text("SELECT * FROM memberships FOR UPDATE"))
            for act in acts if revoked_first else reversed(acts):
                ended.append(tasks.create_task(outcome(act)))
                await waiting(held, len(ended))
        assert [one.result() for one in ended] == ["done", "stale" if revoked_first else "done"]
        assert await shop.users.roles(user.id) == {}


async def outcome(act: Awaitable[None]) -> str:
    """What comes of it."""
    try:
        await act
    except StaleResource:
        return "stale"
    return "done"


async def test_a_role_is_a_projects_and_goes_with_it(shop: Store) -> None:
    await furnish(shop, BAKERY)
    user = await ada(shop)
    await shop.users.grant(user.id, SHOP, Role.VIEWER)
    await shop.users.grant(user.id, SHOP, Role.EDITOR)
    await shop.users.grant(user.id, BAKERY, Role.ADMIN)
    with pytest.raises(UnknownProject):
        await shop.users.grant(user.id, ProjectId("nowhere"), Role.ADMIN)
    assert await shop.users.roles(user.id) == {SHOP: Role.EDITOR, BAKERY: Role.ADMIN}
    assert [(one.email, role) for one, role in await shop.users.members(SHOP)] == [("ada@example.com", Role.EDITOR)]
    await shop.projects.delete(BAKERY)
    await shop.users.revoke(user.id, SHOP)
    await shop.users.revoke(user.id, SHOP)
    assert await shop.users.roles(user.id) == {}


async def test_a_sign_in_lasts_until_it_is_over_or_ended(store: Store) -> None:
    user = await ada(store)
    await store.sign_ins.begin("short", user.id, NOW + timedelta(seconds=20))
    await store.sign_ins.begin("long", user.id, LATER)
    assert await store.sign_ins.user("short") == user and await store.sign_ins.user("other") is None
    for _ in range(20):
        store.users._clock.now()  # noqa: SLF001 - the store's clock moves at every look
    assert await store.sign_ins.user("short") is None and await store.sign_ins.user("long") == user
    await store.sign_ins.end("long")
    await store.sign_ins.end("long")
    assert await store.sign_ins.user("long") is None


async def test_whoever_is_disabled_or_has_a_new_password_or_is_gone_is_signed_out(store: Store) -> None:
    await ada(store, everywhere=True)
    for change in ("disabled", "password", "removed"):
        user = await store.users.add(email=f"{change}@example.com", name="", password_hash="h")
        await store.sign_ins.begin(change, user.id, LATER)
        if change == "disabled":
            await store.users.change(user.id, disabled=True)
            await store.users.change(user.id, disabled=False)
        elif change == "password":
            await store.users.set_password(user.id, "other")
        else:
            await store.users.remove(user.id)
        assert await store.sign_ins.user(change) is None, change


async def test_a_link_to_set_a_password_works_once_and_the_newest_alone(store: Store) -> None:
    user = await ada(store)
    await store.password_links.make("old", user.id, LATER)
    await store.password_links.make("new", user.id, LATER)
    assert await store.password_links.user("old") is None
    assert await store.password_links.user("new") == user.id
    used = await asyncio.gather(*(store.password_links.use("new") for _ in range(3)))
    assert sorted(map(str, used)) == sorted([user.id, "None", "None"])
    await store.password_links.make("late", user.id, NOW)
    assert await store.password_links.use("late") is None


async def test_a_key_works_until_its_time_and_its_last_use_is_kept(shop: Store) -> None:
    clock = MovedClock()
    shop.api_keys._clock = clock  # noqa: SLF001 - moved by hand
    until = NOW + timedelta(days=1)
    made = await shop.api_keys.add(
        SHOP, key_sha256="k", name="CRM", role=Role.SUPERVISOR, created_by="ada", until=until
    )
    found = await shop.api_keys.used("k")
    assert found is not None and (found.id, found.role, found.project) == (made.id, Role.SUPERVISOR, SHOP)
    used_at = (await shop.api_keys.list(SHOP))[0].used_at
    assert used_at is not None
    await shop.api_keys.used("k")
    assert (await shop.api_keys.list(SHOP))[0].used_at == used_at, "reading with a key hardly ever writes"
    clock.at += USED_EVERY
    await shop.api_keys.used("k")
    assert (await shop.api_keys.list(SHOP))[0].used_at != used_at
    clock.at = until
    assert await shop.api_keys.used("k") is None
    assert await shop.api_keys.used("other") is None


async def test_a_key_is_removed_by_its_own_project_alone(shop: Store) -> None:
    await furnish(shop, BAKERY)
    made = await shop.api_keys.add(SHOP, key_sha256="k", name="", role=Role.ADMIN, created_by="", until=None)
    with pytest.raises(UnknownResource):
        await shop.api_keys.remove(BAKERY, made.id)
    assert await shop.api_keys.used("k") is not None
    await shop.api_keys.remove(SHOP, made.id)
    assert await shop.api_keys.used("k") is None
    with pytest.raises(UnknownResource):
        await shop.api_keys.remove(SHOP, made.id)
    with pytest.raises(UnknownProject):
        await shop.api_keys.add(
            ProjectId("nowhere"), key_sha256="x", name="", role=Role.ADMIN, created_by="", until=None
        )


async def test_the_audit_is_read_in_pages_and_outlives_its_project(shop: Store) -> None:
    for n in range(7):
        await shop.audit.add(who="ada", who_id="u_1", project=SHOP, action="a", subject=str(n), details={"n": n})
    await shop.audit.add(who="bob", who_id="u_2", project="", action="b", subject="")
    await shop.projects.delete(SHOP)
    page, seen = await shop.audit.list(SHOP, limit=3), []
    while True:
        seen += [one.subject for one in page.entries]
        if page.older is None:
            break
        page = await shop.audit.list(SHOP, before=page.older, limit=3)
    assert seen == [str(n) for n in reversed(range(7))]
    assert (await shop.audit.list(limit=1)).entries[0].who == "bob"
    assert [one.action for one in (await shop.audit.list(who_id="u_2")).entries] == ["b"]
    assert len((await shop.audit.list(action="a")).entries) == 7
    assert (await shop.audit.list(SHOP, limit=1)).entries[0].details == {"n": 6}
