"""Tier: end_to_end. The main job: a spoken order, from sound to a submitted basket."""

from pathlib import Path

import pytest

from audio.rehearsal import make_utterances
from audio.synthesizer import Voice
from tests.end_to_end.commands import ROOT, json_lines, kurv, turns

#: Voices of espeak-ng that the speech model was not trained on (audio/models/nb/README.md).
UNSEEN = ["nb+m3", "nb+f2"]


def quantities(lines: list[dict[str, str]]) -> dict[str, str]:
    return {line["name"]: line["quantity"] for line in lines}


def test_the_demonstration_order(tmp_path: Path) -> None:
    script = ROOT / "bot" / "data" / "demo_order.txt"
    result = kurv("order", "--script", script, "--json", state=tmp_path)
    assert result.returncode == 0, result.stderr
    found = turns(json_lines(result.stdout))
    assert [turn[0]["event"] for turn in found] == ["heard"] * len(found)
    (order,) = [event for turn in found for event in turn if event["event"] == "order"]
    assert order["status"] == "acknowledged"
    assert quantities(order["lines"]) == {
        "Tine Lettmelk 1 % 1 l": "3",
        "Stabburet Grandiosa original 575 g": "1",
        "Friele Kaffe frokostkaffe filtermalt 250 g": "2",
    }


@pytest.mark.parametrize("voice", UNSEEN)
def test_files_in_turn(voice: str, tmp_path: Path) -> None:
    texts = ["jeg vil ha to norvegia", "nei jeg mente tre", "det var alt", "ja"]
    files = make_utterances(texts, tmp_path / "wav", Voice(voice))
    result = kurv("order", "--wav", *files, "--json", "--recipient", "r5", state=tmp_path)
    assert result.returncode == 0, result.stderr
    last = turns(json_lines(result.stdout))[-1]
    assert last[-1]["stage"] == "submitted"
    assert quantities(last[-1]["lines"]) == {"Tine Norvegia 27 % skorpefri 500 g": "3"}
