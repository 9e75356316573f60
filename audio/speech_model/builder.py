"""Builds a complete Vosk model folder from phrases, sentences and an acoustic model.

:func:`audio.speech_model.build` runs this file as a program, because pynini crashes in a process
that has loaded TensorFlow: the request comes as JSON on standard input, the progress goes out as
JSON lines.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from audio.speech_model import graph
from audio.speech_model.language import UNKNOWN, estimate
from audio.speech_model.lexicon import Lexicon, hand_entries, nst_entries
from audio.speech_model.patterns import ACTS, requests, talk
from audio.speech_model.phones import Pronunciation, UnknownSound, acoustic
from audio.speech_model.spelling import spoken_words

Progress = Callable[[str, float], None]

#: Utterances made for every phrase to train the language model on.
UTTERANCES_PER_PHRASE = 8

#: Everyday wares, those that the hand-written lexicon has, get so many times more: they are what
#: is ordered most, and a definite form or a rare neighbour must not win over them.
EVERYDAY_MORE = 3

#: Utterances without a ware ("ja", "det var alt") are a share of what people say: one in so many.
ACT_EVERY = 6

#: These are said so many times more often than other acts.
ANSWERS = ("ja", "ja takk", "nei", "nei takk", "det var alt")
ANSWERS_MORE = 8

#: What people say around an order is said so many times.
TALK_MORE = 4

#: Where only phrases can be heard the graph is small, and so wide a search costs nothing.
WIDE_SEARCH = {"beam": "16.0", "max-active": "7000"}

#: One phrase in so many is replaced by unknown words in the language model's training.
UNKNOWN_EVERY = 25


def training_sentences(
    phrases: Sequence[str], sentences: Sequence[str], *, seed: int = 1
) -> list[list[str]]:
    """Return the sentences, as words, from which the language model is estimated."""
    unique = list(dict.fromkeys(" ".join(spoken_words(phrase)) for phrase in phrases))
    named = [phrase for phrase in unique if phrase]
    found: list[list[str]] = []
    made = requests(named, UTTERANCES_PER_PHRASE, seed) if named else iter(())
    found += [utterance.split() for utterance in made]
    everyday = [phrase for phrase in named if phrase in hand_entries()]
    often = requests(everyday, EVERYDAY_MORE * UTTERANCES_PER_PHRASE, seed + 2) if everyday else ()
    found += [utterance.split() for utterance in often]
    acts = [act.split() for act in (*ACTS, *ANSWERS * (ANSWERS_MORE - 1))]
    found += acts * (len(found) // ACT_EVERY // len(acts))
    found += [said.split() for said in talk()] * TALK_MORE
    unknown = [UNKNOWN, f"{UNKNOWN} {UNKNOWN}"] * max(1, len(named) // UNKNOWN_EVERY // 2)
    found += [utterance.split() for utterance in requests(unknown, UTTERANCES_PER_PHRASE, seed + 1)]
    found += [words for words in (spoken_words(sentence) for sentence in sentences) if words]
    return found


def vocabulary(lines: Sequence[list[str]], lexicon: Lexicon) -> dict[str, list[Pronunciation]]:
    """Return every word of the lines, and the hand-written ones, with pronunciations.

    A hand-written word that sounds just like one of the lines is left out (brø beside brød): the
    spelling of the shop is the one to be written.
    """
    wanted = {word for line in lines for word in line} - {UNKNOWN}
    found: dict[str, list[Pronunciation]] = {}
    taken: set[Pronunciation] = set()
    for word in sorted(wanted):
        try:
            found[word] = lexicon.heard(word)
        except UnknownSound:
            continue
        taken.update(found[word])
    for word in sorted(set(hand_entries()) - wanted):
        heard = [said for said in lexicon.heard(word) if said not in taken]
        if heard:
            found[word] = heard
    return found


def build_here(
    phrases: Sequence[str],
    sentences: Sequence[str],
    destination: Path,
    acoustic_model: Path,
    progress: Progress,
    *,
    only_phrases: bool = False,
) -> Path:
    """Build in this process; see :func:`audio.speech_model.build`.

    With *only_phrases* nothing but the phrases themselves can be heard.
    """
    progress("setninger", 0.0)
    if only_phrases:
        lines = [words for words in map(spoken_words, phrases) if words]
    else:
        lines = training_sentences(phrases, sentences)
    progress("uttale", 0.15)
    lexicon = Lexicon()
    if only_phrases:
        words = {word: lexicon.heard(word) for line in lines for word in line}
    else:
        words = vocabulary(lines, lexicon)
    progress("språkmodell", 0.5)
    early: dict[str, float] = {}
    if only_phrases:
        language = partial(graph.phrase_graph, lines)
    else:
        model = estimate(lines, words)
        early = graph.early_costs(model)
        language = partial(graph.language_graph, model, early=early)
    progress("graf", 0.65)
    shape = [acoustic(variant[0]) for variant in nst_entries().values()]
    # The model is put together beside its place, so that a reader never finds half of one, and in
    # a folder of its own, so that two builders do not meet.
    with TemporaryDirectory(prefix=destination.name + ".", dir=destination.parent) as folder:
        scratch = Path(folder) / "model"
        scratch.mkdir()
        for part in ("am", "conf"):
            shutil.copytree(acoustic_model / part, scratch / part)
        if only_phrases:
            _configure(scratch / "conf" / "model.conf", WIDE_SEARCH)
        pronunciations = {**words, UNKNOWN: []}
        graph.write(pronunciations, language, graph.sound_bigrams(shape), early, scratch / "graph")
        if destination.exists():
            shutil.rmtree(destination)
        try:
            scratch.rename(destination)
        except OSError:
            if not (destination / "graph" / "words.txt").is_file():
                raise
            # Another builder of the same words was a moment faster: its model serves as well.
    progress("ferdig", 1.0)
    return destination


def _configure(path: Path, settings: Mapping[str, str]) -> None:
    """Replace settings of the decoder in a model's configuration."""
    kept = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.lstrip("-").partition("=")[0] not in settings
    ]
    lines = [*kept, *(f"--{key}={value}" for key, value in settings.items())]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _main() -> None:
    request = json.load(sys.stdin)

    def tell(step: str, share: float) -> None:
        print(json.dumps({"step": step, "share": share}), flush=True)

    build_here(
        request["phrases"],
        request["sentences"],
        Path(request["destination"]),
        Path(request["acoustic_model"]),
        tell,
        only_phrases=request["only_phrases"],
    )


if __name__ == "__main__":
    _main()
