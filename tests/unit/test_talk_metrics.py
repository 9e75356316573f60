"""Tier: unit. What a talk measures of itself, its tones, and its ear in worker threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from audio.earcons import EARCON_RATE, EARCONS, earcon
from audio.frames import samples
from audio.listening import Ear
from audio.metrics import StopWatch, TurnTimes
from audio.recognizer import Transcript
from bot.metrics import VoiceMetrics


def test_the_stages_of_a_turn_add_up() -> None:
    clock = iter([10.0, 10.02, 10.1, 10.11, 10.15])
    watch = StopWatch(lambda: next(clock))
    for _ in range(3):
        watch.mark()
    with pytest.raises(ValueError, match="not over"):
        watch.times()
    watch.mark()
    times = watch.times()
    assert times.as_dict() == pytest.approx(
        {"final_text": 0.02, "reply": 0.08, "first_sound": 0.01, "first_frame": 0.04}
    )
    assert times.total == pytest.approx(0.15)


def test_what_is_measured_reaches_the_monitoring_system() -> None:
    registry = CollectorRegistry()
    metrics = VoiceMetrics(registry)
    metrics.turn(TurnTimes(0.02, 0.08, 0.01, 0.04))
    metrics.turn(TurnTimes(0.02, 0.28, 0.01, 0.04))
    metrics.interrupted(0.06)
    metrics.talked_over()
    with metrics.call():
        assert registry.get_sample_value("kurv_calls_running") == 1
        metrics.frames(sent=500, late=2)
    value = registry.get_sample_value
    assert value("kurv_calls_running") == 0
    assert value("kurv_calls_total") == 1
    assert value("kurv_frames_sent_total") == 500
    assert value("kurv_frames_late_total") == 2
    assert value("kurv_read_backs_talked_over_total") == 1
    assert value("kurv_turn_stage_seconds_sum", {"stage": "reply"}) == pytest.approx(0.36)
    assert value("kurv_turn_seconds_count") == 2
    assert value("kurv_turn_seconds_bucket", {"le": "0.25"}) == 1
    assert value("kurv_speech_stop_seconds_bucket", {"le": "0.1"}) == 1


@pytest.mark.parametrize("name", sorted(EARCONS))
def test_a_tone_is_short_soft_and_low_enough_for_old_ears(name: str) -> None:
    sound = earcon(name)
    wave = samples(sound).astype(float)
    assert len(wave) / EARCON_RATE <= 0.25
    assert 1000 < np.abs(wave).max() <= 0.15 * 32767
    # No click: it begins and ends in silence.
    assert np.abs(wave[:5]).max() < 200
    assert np.abs(wave[-5:]).max() < 200
    spectrum = np.abs(np.fft.rfft(wave)) ** 2
    pitch = np.fft.rfftfreq(len(wave), 1 / EARCON_RATE)
    assert spectrum[(pitch >= 400) & (pitch <= 1000)].sum() > 0.9 * spectrum.sum()


class Slow:
    """A recogniser whose words are the numbers of the frames, in the order in which they came."""

    sample_rate = 16_000

    def __init__(self) -> None:
        self.got = b""

    def reset(self) -> None:
        self.got = b""

    def accept(self, pcm: bytes) -> str | None:
        self.got += pcm
        return None

    def final(self) -> Transcript:
        return Transcript(self.got.decode(), 1.0, ())


def test_sound_is_decoded_in_order_and_utterances_never_mix() -> None:
    async def hear() -> list[str]:
        with ThreadPoolExecutor(4) as workers:
            ear = Ear(Slow(), workers)
            pending = []
            for letters in ("abcdefgh", "ijklmnop", "qrstuvwx"):
                ear.begin([letters[0].encode()])
                for number, letter in enumerate(letters[1:]):
                    ear.hear(letter.encode())
                    if number % 2:
                        await asyncio.sleep(0)
                # The next one begins before this one's text is there.
                pending.append(asyncio.create_task(ear.finish()))
                await asyncio.sleep(0)
            ear.hear(b"z")
            texts = [(await each).text for each in pending]
            await ear.close()
            return texts

    assert asyncio.run(hear()) == ["abcdefgh", "ijklmnop", "qrstuvwx"]


def test_an_utterance_that_was_none_leaves_nothing_behind() -> None:
    async def hear() -> str:
        ear = Ear(Slow())
        ear.begin([b"x", b"y", b"z"])
        await asyncio.sleep(0)
        ear.forget()
        assert ear.partial == ""
        ear.begin([b"a"])
        return (await ear.finish()).text

    assert asyncio.run(hear()) == "a"
