"""The whole way from nothing to an acoustic model; each step is skipped when it was done before.

1  speech       espeak-ng and Kokoro say order sentences and dictionary words
2  first net    a small network learns from espeak-ng, which tells the time of every sound
3  alignment    it finds the sounds in Kokoro's speech and in recordings of people
4  second net   the small network learns from both, and the alignment is made again
5  teacher      if there is one, it tells what it hears in Kokoro's speech and in recordings, also
                in those that nobody has written down
6  final net    it gets more layers and learns from everything, in many disturbed copies; on a
               graphics card a larger one begins anew, see :mod:`audio.speech_model.online`
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from audio.speech_model import shards
from audio.speech_model.aligning import align_shards
from audio.speech_model.card import write_card
from audio.speech_model.corpora import corpus_to_shards, sounds_to_shards
from audio.speech_model.examples import Features, foreign, load_features, prepare
from audio.speech_model.export import export_checkpoint
from audio.speech_model.features import FRAME_RATE
from audio.speech_model.lexicon import Lexicon, nst_entries
from audio.speech_model.synthetic import generate
from audio.speech_model.texts import TextSource
from audio.speech_model.training import Plan, fit

Progress = Callable[[str, float], None]

#: Disturbed copies of each source's speech, when there are few hours of it.
_COPIES: dict[str, int] = {"espeak": 1, "kokoro": 3, "people": 1}

#: Each second of a source is drawn so many times as often as one of espeak-ng's, and no source as
#: if it had more hours than its second number: what is rare and most like the users counts most,
#: and large corpora need no help.
WEIGHTS: dict[str, tuple[float, float]] = {
    "espeak": (1.0, 1e9), "kokoro": (8.0, 8.0), "people": (20.0, 20.0), "foreign": (1.0, 1e9),
}  # fmt: skip

#: The networks of the steps. The deep one begins as the small one (see network.grow); both are as
#: small as a few hours of speech want. With hundreds of hours, make them wider.
_SMALL = {"width": 256, "narrow": 96, "layers": 6}
_DEEP = {**_SMALL, "layers": 9}

#: On a graphics card the speech is heard so many times more often: it is never disturbed as before.
_ONLINE_EPOCHS = 8


@dataclass(frozen=True)
class Recipe:
    """What goes into a model."""

    corpora: tuple[Path, ...] = ()
    untranscribed: tuple[Path, ...] = ()
    teacher: Path | None = None
    phrases: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    espeak_hours: float = 10.0
    kokoro_folder: Path | None = None
    kokoro_hours: float = 2.0
    epochs: float = 4.0
    device: str = "cpu"
    skip_categories: frozenset[str] = frozenset({"letter"})


def cook(
    recipe: Recipe, destination: Path, *, resume: bool = True, progress: Progress | None = None
) -> Path:
    """Train by the recipe; see :func:`audio.speech_model.train`."""
    work = destination / "work"
    if not resume and work.exists():
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    speech = work / "speech"
    _speak(recipe, speech, progress)
    espeak = shards.shards(speech, "espeak-train-1")
    test = prepare(shards.shards(speech, "espeak-test-1"), work / "features", 1)
    people = shards.shards(speech, "people*")
    strangers = [path for path in people if "held-out" in path.name]
    untimed = [
        *shards.shards(speech, "kokoro-train-1"),
        *(path for path in people if path not in strangers),
    ]
    common = prepare(espeak, work / "features", _COPIES["espeak"], progress=progress)

    def learn(name: str, paths: list[Path], plan: Plan, start: Path | None = None) -> Path:
        checkpoint = work / f"{name}.pt"
        done = work / f"{name}.done"
        if not done.exists():
            fit(
                weighed(paths), load_features(test), checkpoint, plan,
                start_from=start, progress=progress,
            )  # fmt: skip
            done.touch()
        return checkpoint

    def features_of(timed: list[Path], folder: Path, beliefs: Path | None = None) -> list[Path]:
        made: list[Path] = []
        for path in timed:
            made += prepare([path], folder, _COPIES[_source(path)], beliefs=beliefs)
        return made

    small = Plan(epochs=3, device=recipe.device, **_SMALL)
    timed: list[Path] = []
    extra: list[Path] = []
    net = learn("first", common, small)
    if untimed:
        timed = align_shards(untimed, work / "aligned-1", net, progress=progress)
        paths = [*features_of(timed, work / "features-1"), *common[: len(common) // 4]]
        net = learn("second", paths, small, start=net)
        timed = align_shards(untimed, work / "aligned-2", net, progress=progress)
    timed += shards.shards(speech, "unknown*")
    test_speech = shards.shards(speech, "espeak-test-1")
    if strangers:
        # From here on the error that is told is that of people who are not trained on.
        test_speech = align_shards(strangers, work / "aligned-2", net, progress=progress)
    if recipe.device != "cpu":
        final = _finished(recipe, [*espeak, *timed], test_speech, work, progress)
        return _exported(final, speech, destination)
    if timed:
        beliefs = None if recipe.teacher is None else _taught(recipe.teacher, timed, work, progress)
        extra = features_of(timed, work / "features-2", beliefs)
    if strangers:
        test = prepare(test_speech, work / "features-2", 1)
    deep = Plan(epochs=recipe.epochs, device=recipe.device, **_DEEP)
    final = learn("final", [*common, *extra], deep, start=net)
    return _exported(final, speech, destination)


def _exported(final: Path, speech: Path, destination: Path) -> Path:
    export_checkpoint(final, destination)
    write_card(destination / "README.md", final, shards.shards(speech))
    return destination


def _finished(
    recipe: Recipe, sources: list[Path], held_out: list[Path], work: Path, progress: Progress | None
) -> Path:
    """Train the final network on a graphics card, which disturbs speech anew at every step."""
    from audio.speech_model.online.finishing import finish

    checkpoint, done = work / "final.pt", work / "final.done"
    if not done.exists():
        finish(
            sources, held_out, checkpoint, kind_weights=WEIGHTS, teacher=recipe.teacher,
            epochs=_ONLINE_EPOCHS * recipe.epochs, device=recipe.device, progress=progress,
        )  # fmt: skip
        done.touch()
    return checkpoint


def _taught(teacher: Path, sources: list[Path], work: Path, progress: Progress | None) -> Path:
    """Let the teacher hear the speech; return the folder of what it believes about it."""
    import torch

    from audio.speech_model import teaching
    from audio.speech_model.teacher import Encoder, encode_shards

    cache, beliefs, kept = work / "heard", work / "beliefs", work / "teacher.pt"
    if not all((beliefs / source.name).exists() for source in sources):
        encode_shards(sources, cache, Encoder(teacher).window, progress=progress)
        if kept.exists():
            head = teaching.load_head(kept)
        else:
            aligned = [path for path in sources if not path.name.startswith("unknown")]
            head = teaching.train_head(aligned, cache, progress=progress)
            torch.save(head.state_dict(), kept)
        teaching.write_beliefs(head, sources, cache, beliefs)
    return beliefs


def _source(path: Path) -> str:
    """The kind of source that a file of speech or features comes from."""
    return next((name for name in ("espeak", "kokoro") if path.name.startswith(name)), "people")


def weighed(paths: Sequence[Path]) -> Features:
    """Read features so that each source has its weight; foreign speech of people has its own."""
    features = load_features(paths)
    origin: list[str] = []
    for path in paths:
        with np.load(path) as stored:
            origin += [_source(path)] * len(stored["lengths"])
    source = np.array(origin)
    source[(source == "people") & foreign(features)] = "foreign"
    weights = np.ones(len(source), np.float32)
    for name, (factor, most_hours) in WEIGHTS.items():
        mine = source == name
        hours = float(features.lengths[mine].sum()) / FRAME_RATE / 3600
        weights[mine] = max(1.0, min(factor, most_hours / max(hours, 1e-9)))
    return replace(features, weights=weights)


def _speak(recipe: Recipe, folder: Path, progress: Progress | None) -> None:
    """Make the synthetic speech and read the recordings."""
    words = [word for word in nst_entries() if 3 <= len(word) <= 12]
    texts = TextSource(recipe.phrases, recipe.sentences, words, Lexicon())
    generate("espeak", texts, folder, hours=recipe.espeak_hours, seed=1, progress=progress)
    generate("espeak", texts, folder, hours=0.3, seed=1, held_out=True, progress=progress)
    if recipe.kokoro_folder is not None:
        generate(
            "kokoro", texts, folder, hours=recipe.kokoro_hours, seed=1,
            kokoro_folder=recipe.kokoro_folder, progress=progress,
        )  # fmt: skip
    for number, corpus in enumerate(recipe.corpora):
        corpus_to_shards(
            corpus, folder, f"people{number}", skip_categories=recipe.skip_categories,
            progress=progress,
        )  # fmt: skip
    for number, sounds in enumerate(recipe.untranscribed):
        sounds_to_shards(sounds, folder, f"unknown{number}", progress=progress)
