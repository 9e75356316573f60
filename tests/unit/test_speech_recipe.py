"""Tier: unit. The order of training's steps, and that a killed run goes on where it was.

Learning itself needs torch, which the project does without: here it is a stand-in that notes what
it was given. docs/speech-experiments.md tells how the whole was run.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.speech_model import recipe, shards
from audio.speech_model.examples import Features
from audio.speech_model.foreign import UNKNOWN
from audio.speech_model.phones import PHONES
from audio.speech_model.recipe import Recipe, cook
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.training import Plan


def speech(source: str, timed: bool) -> list[Utterance]:
    sound = (5000 * np.sin(np.arange(SAMPLE_RATE) / 7)).astype(np.int16)
    spans = ((0.0, 1.0, "ɑː"),) if timed else ()
    return [Utterance(sound, "a", (("ɑː",),), source, source, spans)]


@dataclass
class Learner:
    """Stands in for what needs torch."""

    fitted: list[tuple[str, int, float, Path | None]] = field(default_factory=list)
    believed: list[str] = field(default_factory=list)
    killed_at: str = ""

    def fit(
        self, features: Features, test: Features, checkpoint: Path, plan: Plan, **more: Any
    ) -> Path:
        if checkpoint.stem == self.killed_at:
            raise KeyboardInterrupt
        believed = float((features.beliefs.sum(axis=1) > 0).mean())
        self.fitted.append((checkpoint.stem, len(features.lengths), believed, more["start_from"]))
        checkpoint.write_bytes(b"net")
        return checkpoint

    def align(self, sources: list[Path], folder: Path, net: Path, **_: Any) -> list[Path]:
        assert net.exists()
        for source in sources:
            known = [replace(u, spans=((0.0, 1.0, "ɑː"),)) for u in shards.read(source)]
            shards.write(folder / source.name, known)
        return [folder / source.name for source in sources]

    def teach(self, teacher: Path, sources: list[Path], work: Path, _: Any) -> Path:
        self.believed = [source.name for source in sources]
        (work / "beliefs").mkdir(exist_ok=True)
        for source in sources:
            rows = np.zeros((60, len(PHONES)), np.uint8)
            rows[:, 1] = 255
            np.savez(work / "beliefs" / source.name, rows=rows, lengths=np.array([60]))
        return work / "beliefs"


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch) -> Learner:
    made = Learner()

    def speak(_: Recipe, folder: Path, __: Any) -> None:
        for name, timed in (
            ("espeak-train-1", True), ("espeak-test-1", True), ("kokoro-train-1", False),
            ("people0", False), ("people0-held-out", False),
        ):  # fmt: skip
            if not shards.shards(folder, name):
                shards.write(folder / f"{name}-00000.npz", speech(name, timed))
        nameless = replace(speech("unknown0", True)[0], words=(), spans=((0.0, 1.0, UNKNOWN),))
        shards.write(folder / "unknown0-00000.npz", [nameless])

    monkeypatch.setattr(recipe, "_speak", speak)
    monkeypatch.setattr(recipe, "fit", made.fit)
    monkeypatch.setattr(recipe, "align_shards", made.align)
    monkeypatch.setattr(recipe, "_taught", made.teach)
    monkeypatch.setattr(recipe, "export_checkpoint", lambda net, to: (to / "am").mkdir())
    monkeypatch.setattr(recipe, "write_card", lambda path, net, files: path.touch())
    return made


def test_every_step_learns_from_what_it_should(tmp_path: Path, learner: Learner) -> None:
    cook(Recipe(teacher=tmp_path), tmp_path)
    names = [name for name, *_ in learner.fitted]
    assert names == ["first", "second", "final"]
    starts = [start.stem if start else None for *_, start in learner.fitted]
    assert starts == [None, "first", "second"]
    assert learner.fitted[0][1] == 1, "espeak-ng alone"
    # One copy of espeak-ng, of people and of what is not written down, three of Kokoro.
    assert learner.fitted[2][1] == 1 + 3 + 1 + 1
    assert not any("held-out" in name for name in learner.believed), "strangers stay strangers"
    assert "unknown0-00000.npz" in learner.believed
    assert learner.fitted[1][2] == 0 and learner.fitted[2][2] > 0.5, "the teacher has its say"
    assert (tmp_path / "am").exists() and (tmp_path / "README.md").exists()


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, learner: Learner) -> None:
    learner.killed_at = "final"
    with pytest.raises(KeyboardInterrupt):
        cook(Recipe(teacher=tmp_path), tmp_path)
    learner.killed_at = ""
    cook(Recipe(teacher=tmp_path), tmp_path)
    assert [name for name, *_ in learner.fitted] == ["first", "second", "final"]


def test_a_graphics_card_trains_the_last_network_itself(
    tmp_path: Path, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[list[str]] = []

    def finished(_: Recipe, sources: list[Path], held_out: list[Path], *rest: Any) -> Path:
        given.extend([[path.name[:-10] for path in paths] for paths in (sources, held_out)])
        return tmp_path / "final.pt"

    monkeypatch.setattr(recipe, "_finished", finished)
    cook(Recipe(teacher=tmp_path, device="cuda"), tmp_path)
    assert [name for name, *_ in learner.fitted] == ["first", "second"]
    assert given[0] == ["espeak-train-1", "kokoro-train-1", "people0", "unknown0"]
    assert given[1] == ["people0-held-out"], "strangers stay strangers"
    assert learner.believed == [], "the teacher is asked on the card"


def test_without_a_teacher_labels_decide_alone(tmp_path: Path, learner: Learner) -> None:
    cook(Recipe(), tmp_path)
    assert [share for _, _, share, _ in learner.fitted] == [0.0, 0.0, 0.0]
    assert learner.believed == []
