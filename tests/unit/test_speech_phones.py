"""Tier: unit. The sounds of the speech model and their spelling in other alphabets."""

from __future__ import annotations

import pytest

from audio.speech_model import phones


def test_nofabet_is_translated_with_stress_before_the_vowel() -> None:
    assert phones.from_nofabet("B R OE1") == ("b", "r", "ˈøː")
    assert phones.from_nofabet("M EH2 L K AX0 B AA3 R") == (
        "m", "ˈɛ", "l", "k", "ə", "b", "ˌɑː", "r",
    )  # fmt: skip


def test_a_diphthong_is_two_sounds_and_the_first_has_the_stress() -> None:
    assert phones.from_nofabet("G R AEJ1 T") == ("ɡ", "r", "ˈæ", "ɪ", "t")


def test_unknown_nofabet_is_named() -> None:
    with pytest.raises(phones.UnknownSound, match="QQ1"):
        phones.from_nofabet("B QQ1")


def test_the_acoustic_model_hears_neither_stress_nor_retroflexes() -> None:
    assert phones.acoustic(("k", "ˈɑ", "ʈ", "ʂ")) == ("k", "ɑ", "t", "ʃ")


def test_every_sound_of_every_alphabet_is_one_of_ours() -> None:
    ours = set(phones.PHONES) | set(phones.RETROFLEX)
    for table in (phones.NOFABET, phones.IPA):
        for symbol, sounds in table.items():
            assert set(sounds) <= ours, symbol
    assert set(phones.ESPEAK) == ours - {phones.SILENCE}


def test_phone_numbers_are_dense_and_silence_is_first() -> None:
    assert phones.PHONE_NUMBER[phones.SILENCE] == 0
    assert sorted(phones.PHONE_NUMBER.values()) == list(range(len(phones.PHONES)))


def test_ipa_of_another_source() -> None:
    assert phones.from_ipa_symbols(["ˈaɪ", "s", "ɹ"]) == ("ˈɑ", "ɪ", "s", "r")
    with pytest.raises(phones.UnknownSound):
        phones.from_ipa_symbols(["ʘ"])


def test_parse_refuses_what_is_no_sound() -> None:
    assert phones.parse("m ˈɛ l k") == ("m", "ˈɛ", "l", "k")
    with pytest.raises(phones.UnknownSound):
        phones.parse("m E l k")
