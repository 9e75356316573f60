"""Tier: end_to_end. People call, order by voice and keys, and hear the answers: from the caller's
telephone (baresip, sipp) through the SIP program and `kurv serve` to an order at the grocer's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from audio.frames import resample
from audio.recognizer import VoskModel
from audio.rehearsal import make_utterances
from audio.synthesizer import Voice
from audio.wavefile import read_wave
from bot.cli.speech import ready_model
from bot.settings import Settings
from tests.benchmarks.telephone_callers import Talker, Timed
from tests.end_to_end.audiosocket_peer import HANGUP
from tests.end_to_end.callers import (
    TELEPHONE_RATE,
    BaresipCaller,
    SippCaller,
    SipProgram,
    TalkingCaller,
    free_port,
    missing,
    raw_sound,
    wait_until,
)
from tests.end_to_end.telephone_service import PIN, KurvService

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

UTTERANCES = {"bread": "Et grovt brød.", "done": "Det var alt.", "yes": "Ja."}
#: Where a call is hung up.
STAGES = ("at once", "greeted", "identified", "ordering", "ordered", "in the read-back")
#: recipient -> telephone; each test has its own.
PHONES = {
    name: f"+47998877{number:02}"
    for number, name in enumerate(("PCMA", "PCMU", "sipp", "person", "silent", *STAGES))
}
#: What an answer may be heard as, or as no known word: the vocabulary is an order's, and lacks
#: "koden" and "sendt".
PHRASES = (
    "hei dette er",
    "eller si",
    "hva vil du handle i dag",
    "jeg la til",
    "våre groveste grovbrød",
    "tine lettmelk",
    "noe mer",
    "da har du",
    "skal jeg bestille dette",
    "bestillingen er",
    "og med levering blir det",
    "varene kommer",
    "det blir",
    "kroner",
    "ha det bra",
)


@pytest.fixture(scope="module")
def utterances(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("utterances")
    files = make_utterances(list(UTTERANCES.values()), folder, Voice("nb+f2"))
    return dict(zip(UTTERANCES, files, strict=True))


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaresipCaller]:
    """Somebody at the home help's telephone, who takes every call."""
    folder = tmp_path_factory.mktemp("staff")
    telephone = BaresipCaller(folder, number="4711", account=";answermode=auto")
    yield telephone.start(seconds=600)
    telephone.hang_up()


@pytest.fixture(scope="module")
def control() -> int:
    return free_port()


@pytest.fixture(scope="module")
def service(control: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KurvService]:
    url = f"http://127.0.0.1:{control}"
    service = KurvService(tmp_path_factory.mktemp("service"), KURV_DIALLER_URL=url)
    for recipient, phone in PHONES.items():
        service.add_caller(recipient, phone)
    with service:
        yield service


@pytest.fixture(scope="module")
def sip(
    control: int,
    service: KurvService,
    staff: BaresipCaller,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[SipProgram]:
    ends = (service.url, service.audiosocket, "--staff", staff.address)
    with SipProgram(tmp_path_factory.mktemp("sip"), *ends, control=control) as program:
        yield program


@pytest.fixture(scope="module")
def silent(service: KurvService) -> Iterator[Talker]:
    """A caller who says nothing; rings with the first test, is looked at in the last."""
    with Talker(service, PHONES["silent"]) as talker:
        yield talker


@pytest.fixture(scope="module")
def model() -> VoskModel:
    return VoskModel(ready_model(Settings.from_environment(), quiet=True))


def heard_as(model: VoskModel, pcm: bytes, phrases: Sequence[str] = PHRASES) -> str:
    """What telephone sound is heard as when only these phrases can be."""
    recognizer = model.recognizer(phrases)
    recognizer.accept(resample(pcm, TELEPHONE_RATE, recognizer.sample_rate))
    return recognizer.final().text


def test_every_expected_phrase_can_be_heard(model: VoskModel) -> None:
    assert model.unknown_words(PHRASES) == ()


@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
def test_an_order_by_voice_from_a_telephone(
    codec: str,
    service: KurvService,
    sip: SipProgram,
    silent: Talker,
    model: VoskModel,
    utterances: dict[str, Path],
    tmp_path: Path,
) -> None:
    caller = TalkingCaller(tmp_path, codec=codec, number=PHONES[codec]).call(sip.address)
    caller.listen(30)  # the greeting, which asks for the PIN
    caller.press(PIN)
    caller.listen(20)
    caller.say(utterances["bread"])
    assert "grovbrød" in heard_as(model, caller.listen(20))
    caller.say(utterances["done"])
    assert "bestille" in heard_as(model, caller.listen(40))
    caller.say(utterances["yes"])
    assert "bestillingen" in heard_as(model, caller.listen(40))
    wait_until(lambda: caller.ended, 20, "the hang-up after a goodbye")
    caller.hang_up()
    (order,) = service.orders(codec)
    assert order["status"] == "acknowledged"
    assert [line["quantity"] for line in order["lines"]] == ["1"]
    assert "brød" in order["lines"][0]["name"].lower()


def test_an_order_from_sipp_that_keys_confirm(
    service: KurvService, sip: SipProgram, utterances: dict[str, Path], tmp_path: Path
) -> None:
    """sipp hears nothing: it speaks and presses by the clock."""

    def says(name: str, then: int) -> str:
        raw = raw_sound(utterances[name], tmp_path / name, "PCMU")
        stream = f'<exec rtp_stream="{raw},1,0,PCMU/8000"/>'
        return f'<nop><action>{stream}</action></nop><pause milliseconds="{then}"/>'

    def presses(keys: str, then: int) -> str:
        pressed = f'<exec play_dtmf="{keys}"/>'
        return f'<nop><action>{pressed}</action></nop><pause milliseconds="{then}"/>'

    steps = (
        f'<pause milliseconds="6000"/>{presses(PIN, 6000)}{says("bread", 9000)}'
        f"{presses('#', 14000)}{presses('1', 9000)}"
    )
    caller = SippCaller(tmp_path / "sipp", steps, "PCMU", number=PHONES["sipp"]).call(sip.port)
    caller.wait(90)  # Kurv may hang up first, which is no part of sipp's script
    (order,) = service.orders("sipp")
    assert order["status"] == "acknowledged"


def test_nought_is_a_person_who_takes_the_call(
    service: KurvService, sip: SipProgram, staff: BaresipCaller, tmp_path: Path
) -> None:
    caller = TalkingCaller(tmp_path, number=PHONES["person"]).call(sip.address)
    caller.listen(30)
    caller.press(PIN)
    caller.listen(20)
    caller.press("0")
    wait_until(lambda: staff.established, 30, "staff with the caller")
    caller.hang_up()


def leave_at(service: KurvService, stage: str, said: dict[str, bytes]) -> None:
    """Call, and hang up at this stage."""
    timed, at = Timed(), STAGES.index(stage)
    with Talker(service, PHONES[stage]) as talker:
        if at >= 1:
            assert talker.listen(timed) is not None
        if at >= 2:
            talker.press(PIN)
            assert talker.listen(timed) is not None
        if at >= 3:
            talker.say(said["bread"])
        if at >= 4:
            assert talker.listen(timed) is not None
        if at >= 5:
            talker.say(said["done"])
            begun = len(talker.heard())
            wait_until(lambda: len(talker.heard()) > begun + 50, 20, "the read-back")
        talker.leave()
        assert talker.wait_closed(20)


def test_a_hang_up_at_any_stage_keeps_the_basket(
    service: KurvService, utterances: dict[str, Path], model: VoskModel
) -> None:
    said = {name: read_wave(file, TELEPHONE_RATE) for name, file in utterances.items()}
    with ThreadPoolExecutor(len(STAGES)) as callers:
        list(callers.map(lambda stage: leave_at(service, stage, said), STAGES))
    assert [order for stage in STAGES for order in service.orders(stage) if sent(order)] == []
    with Talker(service, PHONES[STAGES[-1]]) as talker:
        talker.listen(Timed())
        before = len(talker.heard())
        talker.press(PIN)
        assert talker.listen(Timed()) is not None
        summary = b"".join(frame.payload for frame in talker.heard()[before:])
        assert "grovbrød" in heard_as(model, summary)
        talker.leave()


def sent(order: dict[str, Any]) -> bool:
    """Whether an order has left us."""
    return order["status"] in ("confirmed", "submitted", "acknowledged")


def test_who_says_nothing_is_asked_and_then_parted_from(silent: Talker) -> None:
    assert silent.wait_closed(90)
    assert silent.messages()[-1].kind == HANGUP
    seconds = len(silent.heard()) * 0.02
    assert 5 < seconds < 60  # we spoke, more than once, and not for ever
