"""Whoever tries passwords waits ever longer; nobody else does."""

import pytest
from argon2 import PasswordHasher

from tests.server.tower import QUICK
from tollfree.server.errors import TooManyTries, Unfit, WeakPassword
from tollfree.server.paging import cursor_of, number_at, text_at
from tollfree.server.passwords import Passwords, check_strength
from tollfree.server.throttle import FORGOTTEN_S, FREE, LONGEST_S, REMEMBERED, Throttle


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.ms = 0.0

    def elapsed_ms(self) -> float:
        return self.ms


def waits(throttle: Throttle, name: str) -> int:
    try:
        throttle.check(name)
    except TooManyTries as error:
        return error.retry_after_s
    return 0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)  # pyright: ignore[reportArgumentType]


def test_each_wrong_password_doubles_the_wait_up_to_a_limit(throttle: Throttle) -> None:
    found: list[int] = []
    for _ in range(FREE + 12):
        throttle.wrong("email a", "address 1")
        found.append(waits(throttle, "email a"))
    assert found[: FREE - 1] == [0] * (FREE - 1)
    assert found[FREE - 1 : FREE + 3] == [1, 2, 4, 8] and found[-1] == LONGEST_S
    assert waits(throttle, "address 1") == LONGEST_S and waits(throttle, "email b") == 0


def test_waiting_is_over_when_its_time_is(throttle: Throttle, clock: Clock) -> None:
    for _ in range(FREE + 3):
        throttle.wrong("a")
    clock.ms += 7_500
    assert waits(throttle, "a") == 1
    clock.ms += 1_000
    assert waits(throttle, "a") == 0


def test_a_right_password_and_an_hour_make_good(throttle: Throttle, clock: Clock) -> None:
    for name in ("a", "b"):
        for _ in range(FREE + 20):
            throttle.wrong(name)
    throttle.right("a")
    assert waits(throttle, "a") == 0
    clock.ms += (FORGOTTEN_S + 1) * 1000
    assert waits(throttle, "b") == 0
    throttle.wrong("b")
    assert waits(throttle, "b") == 0


def test_names_that_nobody_has_do_not_fill_the_memory(throttle: Throttle) -> None:
    for _ in range(FREE + 5):
        throttle.wrong("real")
    for n in range(REMEMBERED - 1):
        throttle.wrong(f"made up {n}")
    assert waits(throttle, "real") > 0
    throttle.wrong("one more")
    assert waits(throttle, "real") == 0 and waits(throttle, "one more") == 0


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "a" * 9,
        "a" * 40,
        "abababababab",
        "passwordpassword",
        "Tollfree tollfree".replace(" ", ""),
        "1234567890",
        "adaadaadaada",
        "x" * 1025,
    ],
)
def test_passwords_that_are_guessed_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, "ada@example.com")


async def test_a_hash_fits_its_own_password_alone() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash("nine larks over Leith", of="ada@example.com")
    assert kept.startswith("$argon2id$") and "larks" not in kept
    assert await passwords.fits("nine larks over Leith", kept)
    for other in ("nine larks over leith", "", "nine larks over Leith "):
        assert not await passwords.fits(other, kept)
    for nothing in (None, "", "!", "$argon2id$broken"):
        assert not await passwords.fits("nobody's password", nothing)


def test_the_products_hashes_are_as_strong_as_rfc_9106_has_them() -> None:
    hasher = PasswordHasher()
    assert hasher.memory_cost >= 64 * 1024 and hasher.time_cost >= 3


def test_a_cursor_comes_back_as_the_place_it_was_made_of() -> None:
    assert number_at(cursor_of(7) or "") == 7 and text_at(cursor_of("01ab/ü") or "") == "01ab/ü"
    assert cursor_of(None) is None and number_at("") is None and text_at("") is None


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "ü", "W10", "LTE", "MS41", "MWUzMDA", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "====", "\ud800"],
)
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(Unfit):
        number_at(cursor)
    with pytest.raises(Unfit):
        text_at(cursor)
