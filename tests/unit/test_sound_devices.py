"""Tier: unit. What is said when there is no PortAudio, no device, or no device of that name."""

from __future__ import annotations

import builtins
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from audio.microphone import Device, Microphone, NoSoundDevice, devices, find_device


def have(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, int, int], default: int = 0) -> None:
    """Let PortAudio list these (name, inputs, outputs)."""
    module = ModuleType("sounddevice")
    listed = [
        {
            "name": name,
            "max_input_channels": inputs,
            "max_output_channels": outputs,
            "default_samplerate": 48_000.0,
        }
        for name, inputs, outputs in found
    ]
    setattr(module, "query_devices", lambda: listed)  # noqa: B010 - a module has no such name
    setattr(module, "default", SimpleNamespace(device=[default, default]))  # noqa: B010
    monkeypatch.setitem(sys.modules, "sounddevice", module)


def test_without_portaudio_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *rest: Any, **named: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest, **named)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", importing)
    for use in (devices, lambda: find_device(None), lambda: next(Microphone().frames())):
        with pytest.raises(NoSoundDevice, match="installer pakken libportaudio2"):
            use()


def test_devices_are_listed_with_what_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, ("Webkamera", 1, 0), ("Høyttaler", 0, 2))
    assert devices() == [
        Device(0, "Webkamera", 1, 0, 48_000),
        Device(1, "Høyttaler", 0, 2, 48_000),
    ]
    assert [str(device) for device in devices()] == [
        "Webkamera (mikrofon)",
        "Høyttaler (høyttaler)",
    ]
    assert str(Device(2, "Jabra", 1, 2, 48_000)) == "Jabra (mikrofon og høyttaler)"


def test_a_device_is_chosen_by_a_part_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, ("Webkamera USB", 1, 0), ("Jabra Speak USB", 1, 2), default=1)
    assert find_device("jabra").index == 1
    assert find_device("webkamera").index == 0
    assert find_device(None).index == 1
    assert find_device(None, output=True).index == 1


def test_the_exact_name_wins_over_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, ("Jabra 2", 1, 0), ("Jabra", 1, 0))
    assert find_device("jabra").index == 1


def test_a_default_that_cannot_be_used_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, ("HDMI", 0, 2), ("Webkamera", 1, 0), default=-1)
    assert find_device(None).name == "Webkamera"


def test_no_name_or_several_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, ("Jabra 1", 1, 0), ("Jabra 2", 1, 0), ("HDMI", 0, 2))
    with pytest.raises(NoSoundDevice) as several:
        find_device("Jabra")
    assert str(several.value) == (
        "Flere enn én mikrofon heter noe med «Jabra»: «Jabra 1», «Jabra 2»."
    )
    with pytest.raises(NoSoundDevice) as none:
        find_device("Yeti", output=True)
    assert str(none.value) == "Ingen høyttaler heter noe med «Yeti». Her finnes: «HDMI»."


def test_a_machine_without_a_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, ("HDMI", 0, 2))
    with pytest.raises(NoSoundDevice, match="har ingen mikrofon: koble til en"):
        find_device(None)
