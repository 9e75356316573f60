"""Builds, trains and measures the Norwegian speech model.

``build`` makes a Vosk model folder for a shop's words in seconds; ``train`` makes the acoustic
model it is built on; ``evaluate`` tells how well a model hears.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from audio.errors import SpeechModelBroken, SpeechModelMissing

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
