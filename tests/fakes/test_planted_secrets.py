"""Planted secrets are found wherever they leak."""

import base64
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest

from tests.fakes.planted_secrets import PlantedSecrets, planted_secrets
from tollfree.protocol.errors import TollfreeError


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlantedSecrets]:
    with planted_secrets(monkeypatch) as secrets:
        yield secrets


def test_a_search_of_nothing_proves_nothing(planted: PlantedSecrets) -> None:
    with pytest.raises(AssertionError, match="nothing was looked at"):
        planted.nothing_leaked()


def test_what_holds_no_secret_leaks_none(planted: PlantedSecrets) -> None:
    planted.found("a page", "sk-planted is not the whole of it")
    logging.getLogger("tollfree.calls").info("all is well", extra={"call_id": "c1"})
    planted.nothing_leaked()
    assert "log tollfree.calls INFO" in planted.looked


@pytest.mark.parametrize("name", list(PlantedSecrets().values))
@pytest.mark.parametrize(
    "written",
    [str, quote_plus, json.dumps, repr, lambda secret: base64.b64encode(f"user:{secret}".encode()).decode()],
    ids=["as it is", "in a URL", "in JSON", "by repr", "as basic authorization"],
)
def test_every_secret_is_found_however_it_is_written(planted: PlantedSecrets, name: str, written: object) -> None:
    assert callable(written)
    planted.found("a page", f"before {written(planted.values[name])} after")
    with pytest.raises(AssertionError, match=name):
        planted.nothing_leaked()


def test_it_is_found_in_a_logs_words_fields_and_traceback(planted: PlantedSecrets) -> None:
    secret, log = planted.values["route key"], logging.getLogger("tollfree.somewhere")
    log.debug("asked with %s", secret)
    log.info("asked", extra={"headers": {"authorization": f"Bearer {secret}"}})
    try:
        raise ValueError(secret)
    except ValueError:
        log.exception("refused")
    assert len(planted.leaks) == 3


def test_it_is_found_in_an_error_and_in_what_is_behind_it(planted: PlantedSecrets) -> None:
    try:
        try:
            raise ConnectionError(f"to planted:{planted.values['database password']}@host")
        except ConnectionError as error:
            raise TollfreeError("The database is away.") from error
    except TollfreeError as error:
        planted.raised(error)
    assert [leak.partition(":")[0] for leak in planted.leaks] == ["database password in error TollfreeError"]
