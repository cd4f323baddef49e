"""Routes in service while their file changes."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.scripted_models import Script, ScriptedModels
from tests.language.llm.asking import chat, pieces_of, text_of
from tollfree.language.llm.base import NoRoute
from tollfree.language.llm.route_book import RouteBook


@pytest.fixture
def models() -> Iterator[ScriptedModels]:
    with ScriptedModels() as server:
        server.by(lambda asked: Script(words=(asked.model,)))
        yield server


class Written:
    """A routes file that a test writes again and again; each writing is a change, whatever the clock says."""

    def __init__(self, path: Path, base_url: str) -> None:
        self.path, self._base_url, self._writings = path, base_url, 0

    def text(self, text: str) -> None:
        self.path.write_text(text)
        self._writings += 1
        os.utime(self.path, (self._writings, self._writings))

    def models(self, **models: str) -> None:
        budgets = "first_token_budget_ms: 60000, next_token_budget_ms: 60000, whole_budget_ms: 120000"
        routes = (f"  {name}: {{base_url: '{self._base_url}', model: {m}, {budgets}}}\n" for name, m in models.items())
        self.text(f"routes:\n{''.join(routes)}chains:\n  default: [{', '.join(models)}]\n")


@pytest.fixture
def file(tmp_path: Path, models: ScriptedModels) -> Written:
    return Written(tmp_path / "routes.yaml", models.base_url)


async def said(book: RouteBook, name: str | None = None) -> str:
    return text_of(await pieces_of(book.chain(name).stream(chat())))


async def test_a_change_of_the_file_counts_from_the_next_look(file: Written) -> None:
    file.models(fast="qwen3", smart="glm")
    async with RouteBook(file.path) as book:
        await book.look()
        assert [await said(book), await said(book, "smart")] == ["qwen3", "glm"]
        file.models(fast="qwen4", smart="glm")
        assert await said(book) == "qwen3"
        await book.look()
        assert [await said(book), await said(book, "smart")] == ["qwen4", "glm"]


async def test_routes_that_did_not_change_keep_connection_and_health(file: Written, models: ScriptedModels) -> None:
    file.models(fast="qwen3", smart="glm")
    async with RouteBook(file.path) as book:
        await book.look()
        await said(book, "smart")
        file.models(fast="qwen4", smart="glm")
        await book.look()
        await said(book, "smart")
        assert models.connections == 1
        assert (book.health()["smart"].asked, book.health()["fast"].asked) == (2, 0)


async def test_a_call_in_progress_goes_on_with_the_routes_of_now(file: Written) -> None:
    file.models(fast="qwen3", smart="glm")
    async with RouteBook(file.path) as book:
        await book.look()
        chain = book.chain("smart")
        file.models(fast="qwen3")
        await book.look()
        assert text_of(await pieces_of(chain.stream(chat()))) == "qwen3"


async def test_an_answer_that_is_under_way_outlives_its_route(file: Written, models: ScriptedModels) -> None:
    models.once(Script(words=("One ", "moment."), each_ms=50))
    file.models(fast="qwen3")
    async with RouteBook(file.path) as book:
        await book.look()
        stream = book.chain(None).stream(chat())
        first = await anext(stream)
        file.models(fast="qwen4")
        await book.look()
        assert text_of([first, *await pieces_of(stream)]) == "One moment."


async def test_a_file_that_cannot_be_used_any_more_leaves_the_last_good_one_in_service(
    file: Written, caplog: pytest.LogCaptureFixture
) -> None:
    file.models(fast="qwen3")
    async with RouteBook(file.path) as book:
        await book.look()
        file.text("routes: {fast: {modle: x}}")
        with caplog.at_level(logging.WARNING):
            await book.look()
            await book.look()
        assert len(caplog.records) == 1
        assert "routes.fast.modle" in book.fault
        assert await said(book) == "qwen3"
        file.models(fast="qwen4")
        await book.look()
        assert book.fault == ""
        assert await said(book) == "qwen4"


async def test_without_a_file_there_is_no_language_model_and_one_that_is_removed_takes_its_routes(
    file: Written,
) -> None:
    async with RouteBook(file.path) as book:
        await book.look()
        with pytest.raises(NoRoute, match="routes.yaml"):
            book.chain(None)
        file.models(fast="qwen3")
        await book.look()
        assert await said(book, "no-such") == "qwen3"
        file.path.unlink()
        await book.look()
        with pytest.raises(NoRoute):
            book.chain("fast")


async def test_warming_up_reads_the_file_and_asks_nobody(file: Written, models: ScriptedModels) -> None:
    file.models(fast="qwen3")
    async with RouteBook(file.path) as book:
        await book.warm_up()
        assert list(book.health()) == ["fast"]
        assert models.asked == []
