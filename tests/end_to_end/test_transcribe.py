"""Tier: end_to_end. `kurv transcribe`: files to text, with every word's time and confidence."""

from pathlib import Path

import pytest

from audio.rehearsal import make_utterances
from audio.synthesizer import Voice
from tests.end_to_end.commands import json_lines, kurv


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    texts = ["jeg vil ha to liter lettmelk", "hammer og spiker"]
    return make_utterances(texts, tmp_path_factory.mktemp("wav"), Voice("nb+f2"))


def test_each_file_has_its_own_text_and_times(files: list[Path], tmp_path: Path) -> None:
    found = json_lines(kurv("transcribe", "--json", *files[:1], *files[:1], state=tmp_path).stdout)
    assert [each["text"] for each in found] == ["jeg vil ha to liter lettmelk"] * 2
    for each in found:
        assert set(each) == {"file", "text", "words", "seconds", "real_time_factor"}
        assert all(set(w) == {"word", "start", "end", "confidence"} for w in each["words"])
        assert each["words"][0]["start"] < each["words"][-1]["end"] <= each["seconds"] + 0.5
        assert each["real_time_factor"] < 1


def test_with_phrases_only_these_can_be_heard(files: list[Path], tmp_path: Path) -> None:
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("hammer og spiker\nto trampoliner\n", encoding="utf-8")
    result = kurv("transcribe", "--json", "--phrases", phrases, *files, state=tmp_path)
    first, second = json_lines(result.stdout)
    assert second["text"] == "hammer og spiker"
    heard = set(first["text"].split())
    assert heard <= {"hammer", "og", "spiker", "to", "trampoliner", "[unk]"}


def test_what_is_no_sound_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "lyd.wav").write_text("ikke lyd", encoding="utf-8")
    result = kurv("transcribe", tmp_path / "lyd.wav", state=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("Feil: ") and "Traceback" not in result.stderr
