import pytest

from tests.calls.store.shop import MAIN, NOW, furnish, make_call
from tollfree.calls.store.errors import InvalidName, ProjectExists, UnknownProject
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.calls.store.tables import metadata
from tollfree.calls.store.usage import UsageRow
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role


async def test_a_project_comes_back_as_it_was_begun(store: Store) -> None:
    made = await store.projects.new(ProjectId("corner-shop"), name="Corner Shop", settings={"region": "US"})
    assert await store.projects.get(made.id) == made
    assert made.settings == {"region": "US"} and made.created_at.tzinfo is not None


async def test_projects_are_listed_by_id(store: Store) -> None:
    for name in ("b", "a-2", "a", "1"):
        await store.projects.new(ProjectId(name))
    assert [one.id for one in await store.projects.list()] == ["1", "a", "a-2", "b"]


async def test_a_name_is_taken_once(store: Store) -> None:
    await store.projects.new(ProjectId("shop"), name="first")
    with pytest.raises(ProjectExists, match="'shop'"):
        await store.projects.new(ProjectId("shop"), name="second")
    assert (await store.projects.get(ProjectId("shop"))).name == "first"


@pytest.mark.parametrize("name", ["", "Shop", "a b", "-a", "a/../b", "a\n", "ä", "a" * 65, "a\0"])
async def test_a_name_has_lower_case_letters_digits_and_hyphens(store: Store, name: str) -> None:
    with pytest.raises(InvalidName):
        await store.projects.new(ProjectId(name))


async def test_settings_are_replaced(store: Store) -> None:
    await store.projects.new(ProjectId("shop"), settings={"region": "US"})
    await store.projects.save_settings(ProjectId("shop"), {"currency": "EUR"})
    assert (await store.projects.get(ProjectId("shop"))).settings == {"currency": "EUR"}


async def test_what_is_asked_of_a_project_that_is_not_there_names_it(store: Store) -> None:
    nobody = ProjectId("nobody")
    for request in (
        store.projects.get(nobody),
        store.projects.delete(nobody),
        store.projects.save_settings(nobody, {}),
        store.flows.list(nobody),
        store.flows.get(nobody, MAIN),
        store.drafts.get(nobody, MAIN),
        store.drafts.save(nobody, MAIN, {}, expected_revision=0),
        store.versions.publish(nobody, MAIN, {}, classifier=b""),
        store.versions.rollback(nobody, MAIN, 1),
        store.versions.list(nobody, MAIN),
        store.versions.get(nobody, MAIN, 1),
        store.versions.published(nobody, MAIN),
        store.versions.history(nobody, MAIN),
        store.tools.save(nobody, "t", {}),
        store.tools.all(nobody),
        store.tools.get(nobody, "t"),
        store.tools.delete(nobody, "t"),
        store.catalogues.save(nobody, "c", "", format="csv"),
        store.catalogues.all(nobody),
        store.sealed_secrets.save(nobody, "s", b""),
        store.sealed_secrets.all(nobody),
        store.calls.begin(make_call("c", project=nobody)),
    ):
        with pytest.raises(UnknownProject, match="'nobody'"):
            await request


async def test_deleting_a_project_removes_all_of_it_and_nothing_else(store: Store) -> None:
    member = await store.users.add(email="ada@example.com", name="Ada", password_hash="x")
    for project in (ProjectId("keep"), ProjectId("drop")):
        await furnish(store, project)
        await store.tools.save(project, "find", {"url": "http://shop/"})
        await store.catalogues.save(project, "menu", "sku,name", format="csv")
        await store.sealed_secrets.save(project, "token", b"sealed")
        await store.users.grant(member.id, project, Role.EDITOR)
        await store.api_keys.add(project, key_sha256=project, name="k", role=Role.VIEWER, created_by="", until=None)
        call = make_call(f"call-of-{project}", project=project)
        await store.calls.begin(call)
        await store.log.append(call.id, [LogRecord(at="", kind="note", type="n", data={})], expected_seq=0)
        await store.numbers.add(f"+1212555010{int(project == 'keep')}", project, "main")
        await store.waiting_calls.wait(call.id, queue="staff", room="r", server="", caller="", summary="", wait_s=60)
        await store.calls.end(call.id, ended_at=NOW, outcome="done", state={}, usage=(UsageRow(work="time"),))
    before = await rows_of_every_table(store)
    owned = {table for table, rows in before.items() if rows == 2}
    assert {"flows", "versions", "calls", "call_events", "numbers", "secrets", "memberships", "api_keys"} <= owned

    await store.projects.delete(ProjectId("drop"))

    assert [one.id for one in await store.projects.list()] == ["keep"]
    after = await rows_of_every_table(store)
    assert after == {table: 1 if table in owned else rows for table, rows in before.items()}
    assert await store.tools.all(ProjectId("keep")) == {"find": {"url": "http://shop/"}}
    assert [one.id for one in (await store.calls.list()).calls] == ["call-of-keep"]


async def rows_of_every_table(store: Store) -> dict[str, int]:
    database = store._database  # noqa: SLF001  # counting rows is no business of the public door
    async with database.reading() as connection:
        return {table.name: len((await connection.execute(table.select())).all()) for table in metadata.sorted_tables}
