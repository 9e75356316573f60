"""Tier: unit. Signing in: passwords, one-time codes, lock-out, sessions; with a fast argon2."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot.casework.accounts import Accounts, token_hash
from bot.casework.actor import Role
from bot.casework.lock_out import ADDRESS, Limit, SignInLocked, SignInRefused
from tests.staff_web import PASSWORD, SECRET, StaffStore

HOME = "192.0.2.1"


class World(StaffStore):
    """One member of staff."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.member = self.add_staff("kari", "orderer", districts=("vest",))

    def sign_in(self, password: str = PASSWORD, code: str = "", address: str = HOME) -> str:
        return self.accounts.sign_in("kari", password, code or self.code(), address)

    def change(self, **changes: object) -> None:
        with self.store.transaction() as uow:
            member = uow.staff_member("kari")
            assert member is not None
            uow.save_staff(replace(member, **changes))

    def fail(self, times: int, address: str = HOME, staff_id: str = "kari") -> None:
        for _ in range(times):
            with pytest.raises(SignInRefused) as refused:
                self.accounts.sign_in(staff_id, "feil passord her", "000000", address)
            assert not isinstance(refused.value, SignInLocked)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


def test_who_signs_in_is_known_by_the_token(world: World) -> None:
    token = world.sign_in()
    signed_in = world.accounts.actor_of(token)
    assert signed_in is not None
    actor = signed_in.actor
    assert (actor.key, actor.name, actor.municipality) == ("staff:kari", "Kari", "baerum")
    assert (actor.roles, actor.districts) == (frozenset({Role.ORDERER}), frozenset({"vest"}))
    assert len(signed_in.form_token) > 30
    with world.store.transaction() as uow:
        assert [(entry.recipient_id, entry.action) for entry in uow.accesses()] == [
            ("staff:kari", "sign_in")
        ]


def test_neither_password_nor_token_nor_secret_is_in_the_database(
    world: World, tmp_path: Path
) -> None:
    token = world.sign_in()
    world.store.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (PASSWORD, token, SECRET):
        assert secret.encode() not in stored
    assert token_hash(token).encode() in stored


@pytest.mark.parametrize("token", ["", "feil", "x" * 10_000, "\u0000", "kari"], ids=range(5))
def test_other_tokens_are_nobodys(world: World, token: str) -> None:
    world.sign_in()
    assert world.accounts.actor_of(token) is None


def test_the_hash_of_a_token_is_no_token(world: World) -> None:
    assert world.accounts.actor_of(token_hash(world.sign_in())) is None


@pytest.mark.parametrize(
    ("staff_id", "password", "code"),
    [
        ("kari", "feil passord her", None),
        ("kari", PASSWORD, "000000"),
        ("kari", PASSWORD, ""),
        ("kari", PASSWORD, "ÅÅÅÅÅÅ"),
        ("kari", "", None),
        ("ola", PASSWORD, None),
        ("KARI", PASSWORD, None),
        ("", "", ""),
        ("k" * 100_000, "p" * 100_000, "1" * 100_000),
    ],
    ids=range(9),
)
def test_what_was_wrong_is_not_told(
    world: World, staff_id: str, password: str, code: str | None
) -> None:
    with pytest.raises(SignInRefused) as refused:
        world.accounts.sign_in(staff_id, password, world.code() if code is None else code, HOME)
    assert str(refused.value) == "Brukernavn, passord eller kode er feil; prøv igjen."


def test_somebody_unknown_costs_as_much_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    monkeypatch.setattr(
        Accounts, "_is_password", lambda self, stored, password: verified.append(stored) or False
    )
    for staff_id in ("kari", "ola"):
        with pytest.raises(SignInRefused):
            world.accounts.sign_in(staff_id, PASSWORD, "000000", HOME)
    known, unknown = verified
    assert known.split("$")[:4] == unknown.split("$")[:4], "the same kind of hash, the same costs"
    world.change(password=None, otp_secret=None)  # comes through the sign-in service only
    with pytest.raises(SignInRefused):
        world.accounts.sign_in("kari", PASSWORD, world.code(), HOME)
    assert len(verified) == 3


def test_a_code_counts_once(world: World) -> None:
    code = world.code()
    world.sign_in(code=code)
    with pytest.raises(SignInRefused):
        world.sign_in(code=code)


def test_an_older_code_does_not_count_after_a_newer(world: World) -> None:
    older = world.code()
    world.sign_in(code=world.code(1))
    with pytest.raises(SignInRefused):
        world.sign_in(code=older)


def test_the_code_of_the_step_before_is_taken_but_not_an_older_one(world: World) -> None:
    code = world.code()
    world.clock.forward(90)
    with pytest.raises(SignInRefused):
        world.sign_in(code=code)
    code = world.code()
    world.clock.forward(30)
    assert world.sign_in(code=f"{code[:3]} {code[3:]}")


def test_five_failures_lock_and_every_further_one_doubles(world: World) -> None:
    world.fail(5)
    for minutes in (1, 2, 4):
        with pytest.raises(SignInLocked, match="vent"):
            world.sign_in()
        world.clock.forward(60 * minutes - 1)
        with pytest.raises(SignInLocked):
            world.sign_in()
        world.clock.forward(1)
        world.fail(1)
    with pytest.raises(SignInLocked, match="8 minutter"):
        world.sign_in()
    world.clock.forward(8 * 60)
    assert world.sign_in()
    world.fail(4)  # the count began anew


def test_a_lock_is_never_longer_than_an_hour() -> None:
    assert Limit(free=5).lock(4) is None
    assert str(Limit(free=5).lock(10_000)) == "1:00:00"


def test_somebody_unknown_is_locked_alike(world: World) -> None:
    world.fail(5, staff_id="ola")
    with pytest.raises(SignInLocked):
        world.accounts.sign_in("ola", PASSWORD, "000000", HOME)


def test_an_address_that_guesses_at_many_is_locked_and_others_are_not(world: World) -> None:
    for number in range(ADDRESS.free):
        world.fail(1, staff_id=f"n{number}")
    with pytest.raises(SignInLocked):
        world.sign_in()
    assert world.sign_in(address="192.0.2.2")


def test_signing_in_does_not_wipe_out_what_an_address_guessed(world: World) -> None:
    for number in range(ADDRESS.free - 1):
        world.fail(1, staff_id=f"n{number}")
    world.sign_in()
    world.fail(1, staff_id="n99")
    world.clock.forward(30)
    with pytest.raises(SignInLocked):
        world.sign_in()


def test_a_department_that_signs_in_from_one_address_is_not_locked(world: World) -> None:
    for _ in range(ADDRESS.free + 5):
        world.clock.forward(30)
        world.sign_in()


def test_attempts_at_the_same_time_are_all_counted(world: World) -> None:
    """Hashing takes long; whoever tries a hundred at once must not gain by it."""
    looked_at: list[str] = []
    inner = Accounts._is_password

    def slow(self: Accounts, stored: str, password: str) -> bool:
        looked_at.append(password)
        return inner(self, stored, password)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Accounts, "_is_password", slow)

        def attempt() -> None:
            with pytest.raises(SignInRefused):
                world.accounts.sign_in("kari", "feil passord her", "000000", HOME)

        threads = [threading.Thread(target=attempt) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(looked_at) == 5


def test_a_crowd_at_the_door_is_sent_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.casework.accounts._HASHING_SECONDS", 0.01)
    for _ in range(4):
        world.accounts._hashing.acquire()
    with pytest.raises(SignInLocked, match="Mange"):
        world.sign_in()
    world.accounts._hashing.release()
    assert world.sign_in()


def test_a_session_ends_after_half_an_hour_without_use(world: World) -> None:
    token = world.sign_in()
    for _ in range(5):
        world.clock.forward(29 * 60)
        assert world.accounts.actor_of(token)
    world.clock.forward(30 * 60)
    assert world.accounts.actor_of(token) is None


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(world: World) -> None:
    token = world.sign_in()
    for _ in range(29):
        world.clock.forward(60)
        assert world.accounts.actor_of(token, active=False)
    world.clock.forward(60)
    assert world.accounts.actor_of(token, active=False) is None


def test_a_session_ends_after_eight_hours_of_use(world: World) -> None:
    token = world.sign_in()
    for _ in range(8 * 4 - 1):
        world.clock.forward(15 * 60)
        assert world.accounts.actor_of(token)
    world.clock.forward(15 * 60)
    assert world.accounts.actor_of(token) is None


def test_signing_out_ends_this_session_and_no_other(world: World) -> None:
    first = world.sign_in()
    world.clock.forward(30)
    second = world.sign_in()
    assert first != second
    world.accounts.sign_out(first)
    world.accounts.sign_out("feil")
    assert world.accounts.actor_of(first) is None
    assert world.accounts.actor_of(second)


def test_a_closed_account_is_out_at_once(world: World) -> None:
    token = world.sign_in()
    world.change(disabled_at=world.clock())
    assert world.accounts.actor_of(token) is None
    world.clock.forward(30)
    with pytest.raises(SignInRefused, match="er feil"):
        world.sign_in()
    with pytest.raises(SignInRefused, match="stengt"):
        world.accounts.begin(world.member)


def test_other_roles_and_districts_hold_at_once(world: World) -> None:
    token = world.sign_in()
    world.change(roles=("approver", "fremtidig"), districts=("øst",))
    signed_in = world.accounts.actor_of(token)
    assert signed_in is not None
    assert signed_in.actor.roles == frozenset({Role.APPROVER})
    assert signed_in.actor.districts == frozenset({"øst"})


def test_an_old_hash_is_made_anew_with_todays_costs(world: World) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    Accounts(world.store, stronger).sign_in("kari", PASSWORD, world.code(), HOME)
    with world.store.transaction() as uow:
        member = uow.staff_member("kari")
    assert member is not None and member.password is not None
    assert ",t=2," in member.password
    assert not stronger.check_needs_rehash(member.password)
