"""Builds, trains and measures the Norwegian speech model.

``build`` makes a Vosk model folder for a shop's words in seconds; ``train`` makes the acoustic
model it is built on; ``evaluate`` tells how well a model hears.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from audio.errors import CorpusError, SpeechModelBroken, SpeechModelMissing
from audio.recognizer import Engine, VoskModel
from audio.speech_model.evaluation import Evaluation

__all__ = ["SHIPPED", "Evaluation", "build", "evaluate", "train"]

#: The acoustic model that comes with the program: am/ and conf/.
SHIPPED = Path(__file__).parents[1] / "models" / "nb"

Progress = Callable[[str, float], None]


def build(
    phrases: Sequence[str],
    sentences: Sequence[str],
    destination: Path,
    acoustic_model: Path = SHIPPED,
    progress: Progress | None = None,
    *,
    only_phrases: bool = False,
) -> Path:
    """Write a complete Vosk model folder and return it.

    *phrases* are the products and other things that people name, as written in the catalogue or
    as they say them (digits and units are spelled out here); *sentences* are whole utterances to
    learn word order from, beside the patterns that are shipped. With *only_phrases* the model
    hears these phrases and nothing else. The same arguments give the same files. *progress* gets
    a Norwegian word for the step and the share done. Runs in a process of its own.

    Raises SpeechModelMissing or SpeechModelBroken when the acoustic model is not there or the
    build fails; an existing *destination* is then left as it was.
    """
    if not (acoustic_model / "am" / "final.mdl").exists():
        raise SpeechModelMissing(f"Fant ingen lydmodell i {acoustic_model}.")
    request = {
        "phrases": list(phrases),
        "sentences": list(sentences),
        "destination": str(Path(destination).absolute()),
        "acoustic_model": str(Path(acoustic_model).absolute()),
        "only_phrases": only_phrases,
    }
    Path(destination).absolute().parent.mkdir(parents=True, exist_ok=True)
    worker = subprocess.Popen(
        [sys.executable, "-m", "audio.speech_model.builder"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        # The matrices are small: threads would only wait for each other on a busy machine.
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        text=True,
        encoding="utf-8",
    )
    assert worker.stdin is not None and worker.stdout is not None and worker.stderr is not None
    try:
        worker.stdin.write(json.dumps(request))
        worker.stdin.close()
    except BrokenPipeError:
        pass  # it died at once: the exit status below says so
    for line in worker.stdout:
        if progress is not None and line.startswith("{"):
            told = json.loads(line)
            progress(told["step"], told["share"])
    fault = worker.stderr.read().strip().splitlines()
    if worker.wait() != 0:
        reason = fault[-1] if fault else f"avsluttet med {worker.returncode}"
        raise SpeechModelBroken(f"Talemodellen kunne ikke bygges: {reason}")
    return Path(destination)


def train(
    corpora: Sequence[Path],
    destination: Path,
    *,
    phrases: Sequence[str] = (),
    sentences: Sequence[str] = (),
    espeak_hours: float = 10.0,
    kokoro_folder: Path | None = None,
    kokoro_hours: float = 2.0,
    teacher: Path | None = None,
    untranscribed: Sequence[Path] = (),
    epochs: float = 4.0,
    device: str = "cpu",
    resume: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Train an acoustic model and return *destination*, which then has am/ and conf/.

    *corpora* are recordings of people: manifests, or folders with NST, NPSC or Common Voice (see
    :mod:`audio.speech_model.corpora`); *phrases* and
    *sentences* are what the synthetic voices say beside the words of the NST lexicon. Kokoro's
    voices are used when their folder is given. *teacher* is a folder with a Whisper model: what it
    hears in recordings is learned too (:mod:`audio.speech_model.teacher`), also in the sound files
    under *untranscribed*. Work in progress is kept in ``destination/work``: with *resume*, a
    killed run goes on where it was.

    Raises TrainingUnavailable without torch, CorpusError for a faulty corpus.
    """
    from audio.speech_model.recipe import Recipe, cook

    recipe = Recipe(
        corpora=tuple(corpora),
        phrases=tuple(phrases),
        sentences=tuple(sentences),
        espeak_hours=espeak_hours,
        kokoro_folder=kokoro_folder,
        kokoro_hours=kokoro_hours,
        teacher=teacher,
        untranscribed=tuple(untranscribed),
        epochs=epochs,
        device=device,
    )
    return cook(recipe, Path(destination), resume=resume, progress=progress)


def evaluate(
    engine: Path | Callable[[], Engine],
    manifest: Path | None = None,
    *,
    sentences: Sequence[str] | None = None,
    phrases: Sequence[str] | None = None,
    telephone: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Tell how well an engine hears: the Vosk model of a folder, or what a function loads.

    Hears the recordings of *manifest*, or *sentences* said by synthetic voices that were not
    trained on (without any: a hundred order sentences of the shipped patterns that the model has
    the words for). With *phrases* the engine answers one of these; the model in a folder must then
    have been built for them. *telephone* sends all speech through an 8 kHz A-law line, *limit*
    ends after so many utterances.

    Raises SpeechModelMissing, SpeechModelBroken, CorpusError or UnreadableAudio.
    """
    from itertools import islice

    from audio.speech_model import evaluation
    from audio.speech_model import samples as sources

    if manifest is not None:
        if not manifest.exists():
            raise CorpusError(f"Fant ikke manifestet {manifest}.")
        samples = sources.manifest_samples(manifest)
    else:
        chosen = sources.order_sentences() if sentences is None else list(sentences)
        samples = sources.synthetic_samples(chosen)
    load = partial(VoskModel, engine) if isinstance(engine, Path) else engine
    return evaluation.run(
        load, islice(samples, limit), phrases=phrases, by_telephone=telephone, progress=progress
    )
