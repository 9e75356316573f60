"""Tier: end_to_end. The SIP program with real callers (baresip and sipp) on the loopback."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.frames import resample, samples
from audio.rehearsal import make_utterances
from audio.synthesizer import EspeakSynthesizer, Voice
from audio.wavefile import SAMPLE_RATE, read_wave
from tests.end_to_end.callers import (
    TELEPHONE_RATE,
    TOKEN,
    BaresipCaller,
    SippCaller,
    SipProgram,
    free_port,
    missing,
    raw_sound,
    wait_until,
)
from tests.end_to_end.network import LossyNetwork, Registrar, own_certificate
from tests.end_to_end.stand_in import StandIn

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

SAID_BY_US = "Du har to liter lettmelk i kurven."


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the caller says, as a WAV file."""
    folder = tmp_path_factory.mktemp("spoken")
    return make_utterances(["Jeg vil ha to liter lettmelk."], folder, Voice("nb+f2"))[0]


@pytest.fixture(scope="module")
def answer() -> bytes:
    """What Kurv says, as the telephone carries it."""
    with EspeakSynthesizer() as voice:
        return resample(voice.speak(SAID_BY_US), voice.sample_rate, TELEPHONE_RATE)


@pytest.fixture(scope="module")
def kurv(answer: bytes) -> Iterator[StandIn]:
    with StandIn(answer) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def sip(kurv: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipProgram]:
    folder = tmp_path_factory.mktemp("sip")
    with SipProgram(folder, kurv.url, kurv.audiosocket) as program:
        yield program


def likeness(heard: bytes, said: bytes) -> float:
    """How like two sounds of the same rate are where they fit best: 1 is the same."""
    a, b = samples(heard).astype(float), samples(said).astype(float)
    size = 1 << (len(a) + len(b)).bit_length()
    at = int(np.argmax(np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)))
    part = a[at : at + len(b)] if at < len(a) else a[:0]
    return float(np.corrcoef(part, b[: len(part)])[0, 1]) if len(part) > len(b) * 0.9 else 0.0


def control(sip: SipProgram, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
    """POST to the program's control; returns the status and what it answered."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{sip.control}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
def test_a_call_is_announced_and_heard_on_both_sides(
    codec: str, sip: SipProgram, kurv: StandIn, answer: bytes, spoken: Path, tmp_path: Path
) -> None:
    before = len(kurv.calls)
    caller = BaresipCaller(tmp_path / "caller", spoken, codec=codec).call(sip.address)
    wait_until(lambda: len(kurv.calls) > before and kurv.calls[-1].uuid, 10, "a call")
    call = kurv.calls[-1]
    wait_until(lambda: len(call.sound) > 5 * 16000, 15, "five seconds of sound")
    caller.hang_up()
    wait_until(lambda: call.ended, 5, "the end of the call")
    assert kurv.announced[-1] == {
        "path": "/webhooks/kurv/calls",
        "call": str(call.uuid),
        "caller": "+4799887766",
    }
    assert kurv.tokens[-1] == f"Bearer {TOKEN}"
    assert call.hung_up and call.odd == []
    assert likeness(bytes(call.sound), read_wave(spoken, TELEPHONE_RATE)) > 0.99
    assert likeness(caller.heard(), resample(answer, TELEPHONE_RATE, SAMPLE_RATE)) > 0.99
    assert "99887766" not in sip.logged()


def test_sound_comes_in_20_ms_frames_by_the_clock(
    sip: SipProgram, kurv: StandIn, tmp_path: Path
) -> None:
    before = len(kurv.calls)
    caller = BaresipCaller(tmp_path).call(sip.address)
    wait_until(lambda: len(kurv.calls) > before, 10, "a call")
    call = kurv.calls[-1]
    wait_until(lambda: len(call.arrivals) > 200, 10, "four seconds of frames")
    caller.hang_up()
    times = np.array(call.arrivals[:200])
    assert (times[-1] - times[0]) / 199 == pytest.approx(0.020, rel=0.02)


@pytest.mark.parametrize("codec", ["PCMA", "PCMU"])
def test_sipp_speaks_and_presses_keys(
    codec: str, sip: SipProgram, kurv: StandIn, spoken: Path, tmp_path: Path
) -> None:
    before = len(kurv.calls)
    raw = raw_sound(spoken, tmp_path / "raw", codec)
    payload = {"PCMA": 8, "PCMU": 0}[codec]
    steps = (
        f'<nop><action><exec rtp_stream="{raw},1,{payload},{codec}/8000"/></action></nop>'
        '<pause milliseconds="3500"/>'
        '<nop><action><exec play_dtmf="42#"/></action></nop><pause milliseconds="2000"/>'
    )
    caller = SippCaller(tmp_path / "sipp", steps, codec).call(sip.port)
    assert caller.wait(30) == 0
    assert len(kurv.calls) == before + 1
    wait_until(lambda: kurv.calls[-1].ended, 5, "the end of the call")
    assert kurv.calls[-1].keys == "42#"
    assert likeness(bytes(kurv.calls[-1].sound), read_wave(spoken, TELEPHONE_RATE)) > 0.99


def test_keys_by_sip_info(sip: SipProgram, kurv: StandIn, tmp_path: Path) -> None:
    before = len(kurv.calls)
    step = """<send retrans="500"><![CDATA[
INFO sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "K" <sip:+4799887766@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {number} INFO
Max-Forwards: 70
Content-Type: application/dtmf-relay
Content-Length: [len]

Signal={key}
Duration=160
]]></send><recv response="200"/><pause milliseconds="400"/>"""
    steps = "".join(
        step.replace("{key}", key).replace("{number}", str(2 + n)) for n, key in enumerate("10*")
    )
    assert SippCaller(tmp_path / "sipp", steps).call(sip.port).wait(30) == 0
    wait_until(lambda: kurv.calls[-1].ended, 5, "the end of the call")
    assert (len(kurv.calls), kurv.calls[-1].keys) == (before + 1, "10*")


def test_when_kurv_hangs_up_the_last_words_are_heard_and_the_caller_gets_a_bye(
    sip: SipProgram, kurv: StandIn, answer: bytes, tmp_path: Path
) -> None:
    before = len(kurv.calls)
    caller = BaresipCaller(tmp_path / "caller").call(sip.address)
    wait_until(lambda: len(kurv.calls) > before and kurv.calls[-1].uuid, 10, "a call")
    time.sleep(len(answer) / 16000)  # it is being said: this is how long that takes
    kurv.calls[-1].hang_up()
    wait_until(lambda: caller.ended, 5, "the BYE")
    assert likeness(caller.heard(), resample(answer, TELEPHONE_RATE, SAMPLE_RATE)) > 0.99
    caller.hang_up()


def test_ten_callers_at_once(sip: SipProgram, kurv: StandIn, spoken: Path, tmp_path: Path) -> None:
    before = len(kurv.calls)
    raw = raw_sound(spoken, tmp_path / "raw", "PCMA")
    steps = (
        f'<nop><action><exec rtp_stream="{raw},1,8,PCMA/8000"/></action></nop>'
        '<pause milliseconds="4500"/>'
    )
    caller = SippCaller(tmp_path / "sipp", steps).call(sip.port, calls=10)
    assert caller.wait(40) == 0
    calls = kurv.calls[before:]
    assert len(calls) == len({call.uuid for call in calls}) == 10
    wait_until(lambda: all(call.ended for call in calls), 5, "the end of the calls")
    said = read_wave(spoken, TELEPHONE_RATE)
    assert all(likeness(bytes(call.sound), said) > 0.95 for call in calls)


def test_a_caller_is_told_busy_while_kurv_is_away(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    with SipProgram(tmp_path, f"http://{nobody}", nobody) as sip:
        for number in (1, 2):
            caller = BaresipCaller(tmp_path / str(number)).call(sip.address)
            wait_until(lambda caller=caller: caller.ended, 10, "an answer")
            assert "486" in caller.logged() and not caller.established
            caller.hang_up()


def test_when_kurv_dies_the_caller_hears_the_busy_tone_and_the_next_call_works(
    sip: SipProgram, kurv: StandIn, tmp_path: Path
) -> None:
    before = len(kurv.calls)
    caller = BaresipCaller(tmp_path / "first").call(sip.address)
    wait_until(lambda: len(kurv.calls) > before and kurv.calls[-1].uuid, 10, "a call")
    wait_until(lambda: len(kurv.calls[-1].arrivals) > 50, 10, "a second of sound")
    kurv.calls[-1].die()
    wait_until(lambda: caller.ended, 10, "the BYE")
    caller.hang_up()
    end = samples(caller.heard())[-2 * SAMPLE_RATE :].astype(float)
    spectrum = np.abs(np.fft.rfft(end))
    assert np.argmax(spectrum) * SAMPLE_RATE / len(end) == pytest.approx(425, abs=5)
    again = BaresipCaller(tmp_path / "second").call(sip.address)
    wait_until(lambda: len(kurv.calls) == before + 2, 10, "the next call")
    again.hang_up()


def test_a_person_is_rung_and_the_call_is_carried(
    sip: SipProgram, kurv: StandIn, answer: bytes, tmp_path: Path
) -> None:
    telephone = BaresipCaller(tmp_path / "telephone", account=";answermode=auto").start()
    wait_until(lambda: "ready" in telephone.logged(), 10, "a telephone that is on")
    folder = tmp_path / "sip"
    folder.mkdir()
    options = ("--domain", f"127.0.0.1:{telephone.port}", "--no-register")
    with SipProgram(folder, kurv.url, kurv.audiosocket, *options) as out:
        name = uuid.uuid4()
        asked = {"call": str(name), "number": "+4799887766"}
        assert control(out, "/calls", asked) == (200, {"outcome": "answered"})
        wait_until(lambda: kurv.calls[-1].uuid == name, 5, "the call at Kurv")
        assert kurv.announced[-1]["caller"] == "+4799887766"
        time.sleep(len(answer) / 16000 + 0.5)  # as long as it is said
        kurv.calls[-1].hang_up()
        wait_until(lambda: telephone.ended, 5, "the BYE")
    telephone.hang_up()
    assert likeness(telephone.heard(), resample(answer, TELEPHONE_RATE, SAMPLE_RATE)) > 0.99


def test_the_control_asks_for_its_token_and_for_sense(sip: SipProgram) -> None:
    call = str(uuid.uuid4())
    assert control(sip, "/calls", {"call": call, "number": "113"}, token="feil")[0] == 401
    for wanted in ({}, [], {"call": call}, {"call": "7", "number": "113"}, None):
        assert control(sip, "/calls", wanted)[0] == 400
    for number in ("sip:x@example.com", "113;transport=tcp", "", 113, "+47 99"):
        assert control(sip, "/calls", {"call": call, "number": number})[0] == 400
    assert control(sip, "/calls/7/transfer")[0] == 400
    assert control(sip, f"/calls/{call}/transfer")[0] == 501  # nobody to hand a call to
    assert control(sip, "/other")[0] == 404


def test_a_call_is_handed_to_staff(kurv: StandIn, tmp_path: Path) -> None:
    staff = BaresipCaller(tmp_path / "staff", number="4711", account=";answermode=auto").start()
    wait_until(lambda: "ready" in staff.logged(), 10, "a telephone that is on")
    options = ("--staff", staff.address)
    with SipProgram(tmp_path, kurv.url, kurv.audiosocket, *options) as sip:
        before = len(kurv.calls)
        caller = BaresipCaller(tmp_path / "caller").call(sip.address)
        wait_until(lambda: len(kurv.calls) > before and kurv.calls[-1].uuid, 10, "a call")
        wait_until(lambda: len(kurv.calls[-1].arrivals) > 50, 10, "a second of sound")
        assert control(sip, f"/calls/{uuid.uuid4()}/transfer")[0] == 404
        path = f"/calls/{kurv.calls[-1].uuid}/transfer"
        assert control(sip, path) == (200, {"transferred": True})
        wait_until(lambda: kurv.calls[-1].hung_up, 5, "the hang-up at Kurv")
        assert staff.established
    caller.hang_up()
    staff.hang_up()


def test_without_kurv_a_caller_is_led_to_staff(tmp_path: Path) -> None:
    staff = BaresipCaller(tmp_path / "staff", number="4711", account=";answermode=auto").start()
    wait_until(lambda: "ready" in staff.logged(), 10, "a telephone that is on")
    nobody = f"127.0.0.1:{free_port()}"
    options = ("--staff", staff.address)
    with SipProgram(tmp_path, f"http://{nobody}", nobody, *options) as sip:
        caller = BaresipCaller(tmp_path / "caller").call(sip.address)
        wait_until(lambda: staff.established, 10, "staff with the caller")
        wait_until(lambda: "was transferred" in sip.logged(), 10, "the report of it")
    caller.hang_up()
    staff.hang_up()


def test_it_registers_with_a_password(kurv: StandIn, tmp_path: Path) -> None:
    with Registrar("hemmelig") as registrar:
        options = ("--domain", f"127.0.0.1:{registrar.port}", "--user", "4722334455")
        with SipProgram(tmp_path, kurv.url, kurv.audiosocket, *options) as sip:
            assert "klar på" in sip.logged()
        assert registrar.registered == [300, 0]  # and it signs off


def test_a_wrong_password_is_one_sentence(kurv: StandIn, tmp_path: Path) -> None:
    with Registrar("et annet") as registrar:
        options = ("--domain", f"127.0.0.1:{registrar.port}", "--user", "4722334455")
        sip = SipProgram(tmp_path, kurv.url, kurv.audiosocket, *options)
        assert sip.process.wait(60) == 2
        said = sip.logged().splitlines()
        assert said[-1].startswith(f"«127.0.0.1:{registrar.port}» godtok ikke innloggingen (401).")
        assert "Traceback" not in sip.logged()


@pytest.mark.parametrize("encryption", ["sdes", "dtls"])
def test_tls_and_encrypted_sound(
    encryption: str, kurv: StandIn, answer: bytes, spoken: Path, tmp_path: Path
) -> None:
    certificate = own_certificate(tmp_path)
    options = ("--transport", "tls", "--srtp", encryption, "--certificate", str(certificate))
    with SipProgram(tmp_path, kurv.url, kurv.audiosocket, *options) as sip:
        before = len(kurv.calls)
        media, module = {"sdes": ("srtp-mand", "srtp"), "dtls": ("dtls_srtp", "dtls_srtp")}[
            encryption
        ]
        caller = BaresipCaller(
            tmp_path / "caller",
            spoken,
            account=f";mediaenc={media}",
            modules=(module,),
            config=f"sip_certificate {certificate}\nsip_cafile {certificate}\n",
        ).call(f"sip:kurv@127.0.0.1:{sip.port + 1};transport=tls")
        wait_until(lambda: len(kurv.calls) > before and kurv.calls[-1].uuid, 10, "a call")
        wait_until(lambda: len(kurv.calls[-1].sound) > 5 * 16000, 15, "five seconds of sound")
        caller.hang_up()
    assert likeness(bytes(kurv.calls[-1].sound), read_wave(spoken, TELEPHONE_RATE)) > 0.99
    assert likeness(caller.heard(), resample(answer, TELEPHONE_RATE, SAMPLE_RATE)) > 0.99
    assert "RTP/SAVP" in caller.logged() or "secure" in caller.logged().lower()


def test_a_network_that_loses_and_delays(
    sip: SipProgram, kurv: StandIn, answer: bytes, spoken: Path, tmp_path: Path
) -> None:
    """5 % lost and up to 60 ms later than the others, both ways."""
    before = len(kurv.calls)
    caller = BaresipCaller(tmp_path / "caller", spoken)
    with LossyNetwork(caller.port, sip.port, loss=0.05, jitter=0.060) as network:
        caller.call(f"sip:kurv@127.0.0.1:{network.port}")
        wait_until(lambda: len(kurv.calls) > before and kurv.calls[-1].uuid, 10, "a call")
        wait_until(lambda: len(kurv.calls[-1].sound) > 6 * 16000, 15, "six seconds of sound")
        caller.hang_up()
    assert network.lost > 10 and network.carried > 400
    assert likeness(bytes(kurv.calls[-1].sound), read_wave(spoken, TELEPHONE_RATE)) > 0.5
    assert likeness(caller.heard(), resample(answer, TELEPHONE_RATE, SAMPLE_RATE)) > 0.5
