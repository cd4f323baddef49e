import base64
import json
import stat
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.fernet import Fernet, MultiFernet
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calls.store.shop import SHOP
from tollfree.calls.secrets import (
    KEY_FILE,
    KEY_VARIABLE,
    BadSecret,
    BadSecretKey,
    SealedElsewhere,
    Secrets,
    Vault,
    load_key,
)
from tollfree.calls.store.errors import UnknownProject, UnknownResource
from tollfree.calls.store.store import Store
from tollfree.protocol.ids import ProjectId

TOKEN = "s3cr3t/+töken"


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def new_key() -> MultiFernet:
    return MultiFernet([Fernet(Fernet.generate_key())])


async def test_a_secret_is_opened_with_the_key_it_was_sealed_with(shop: Store) -> None:
    vault = Vault(shop.sealed_secrets, new_key())
    await vault.set(SHOP, "shop_token", "old value")
    await vault.set(SHOP, "shop_token", TOKEN)
    assert await vault.names(SHOP) == ("shop_token",)
    assert (await vault.open(SHOP)).values == {"shop_token": TOKEN}
    with pytest.raises(SealedElsewhere, match=KEY_VARIABLE):
        await Vault(shop.sealed_secrets, new_key()).open(SHOP)
    await vault.delete(SHOP, "shop_token")
    assert await vault.names(SHOP) == ()
    with pytest.raises(UnknownResource, match="no secret named 'shop_token'"):
        await vault.delete(SHOP, "shop_token")


async def test_the_database_holds_no_readable_secret(shop: Store) -> None:
    await Vault(shop.sealed_secrets, new_key()).set(SHOP, "token", "readable-words")
    sealed = (await shop.sealed_secrets.all(SHOP))["token"]
    assert b"readable" not in sealed and b"readable" not in base64.urlsafe_b64decode(sealed)


async def test_a_row_copied_elsewhere_does_not_open_there(shop: Store) -> None:
    vault = Vault(shop.sealed_secrets, new_key())
    other = ProjectId("other")
    await shop.projects.new(other)
    await vault.set(SHOP, "token", TOKEN)
    await shop.sealed_secrets.save(other, "token", (await shop.sealed_secrets.all(SHOP))["token"])
    with pytest.raises(SealedElsewhere, match="put there from elsewhere"):
        await vault.open(other)


@pytest.mark.parametrize(("name", "value"), [("", TOKEN), ("a b", TOKEN), ("1", TOKEN), ("a\n", TOKEN), ("a", " abc ")])
async def test_what_cannot_be_kept_is_refused_without_naming_the_value(shop: Store, name: str, value: str) -> None:
    with pytest.raises(BadSecret) as refused:
        await Vault(shop.sealed_secrets, new_key()).set(SHOP, name, value)
    assert value.strip() not in refused.value.message


async def test_a_secret_needs_its_project(store: Store) -> None:
    with pytest.raises(UnknownProject):
        await Vault(store.sealed_secrets, new_key()).set(ProjectId("nobody"), "token", TOKEN)


async def test_the_key_file_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sealed = (await load_key(home, {})).encrypt(b"x")
    assert (await load_key(home, {})).decrypt(sealed) == b"x"
    assert names_in(home) == [KEY_FILE]
    assert stat.S_IMODE((home / KEY_FILE).stat().st_mode) == 0o600


async def test_the_environments_key_comes_first_and_an_old_one_still_opens(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Fernet(old).encrypt(b"x")
    both = await load_key(tmp_path, {KEY_VARIABLE: f" {new}, {old}\n"})
    assert both.decrypt(sealed) == b"x"
    assert Fernet(new).decrypt(both.encrypt(b"y")) == b"y"
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("written", ["hunter2", "ä", ",", "a" * 44])
async def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, written: str) -> None:
    with pytest.raises(BadSecretKey, match=f"variable {KEY_VARIABLE}") as refused:
        await load_key(tmp_path, {KEY_VARIABLE: written})
    assert len(written) < 2 or written not in refused.value.message
    (tmp_path / KEY_FILE).write_text(written)
    with pytest.raises(BadSecretKey, match=KEY_FILE):
        await load_key(tmp_path, {})


async def test_a_home_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSecretKey, match="read or made"):
        await load_key(tmp_path / "file" / "home", {})


def test_printing_secrets_shows_no_value() -> None:
    secrets = Secrets({"token": TOKEN})
    assert TOKEN not in repr(secrets) and TOKEN not in str(secrets)
    assert secrets.names == ("token",)


@given(
    secret=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=8, max_size=40),
    before=st.text(max_size=5),
    after=st.text(max_size=5),
)
@settings(max_examples=100, deadline=None)
def test_no_form_of_a_secret_passes_the_redactor(secret: str, before: str, after: str) -> None:
    redactor = Secrets({"token": secret}).redactor()
    around = f"{before}{secret}{after}"
    assert secret not in redactor.text(around).replace("[secret]", "")
    assert quote(secret, safe="") not in redactor.text(f"https://shop/?t={quote(secret, safe='')}")
    assert json.dumps(secret) not in redactor.text(json.dumps({"token": secret}))
    basic = base64.b64encode(f"user:{secret}".encode()).decode()
    assert secret not in readable(redactor.text(f"Basic {basic}").removeprefix("Basic ").replace("[secret]", ""))


def readable(text: str) -> str:
    """Whatever of it still decodes as base64."""
    whole = text.rstrip("=")
    whole = whole[: len(whole) // 4 * 4]
    return base64.b64decode(whole, validate=False).decode(errors="replace")
