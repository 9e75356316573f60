"""Tier: benchmark. What becomes of words that the shop lacks: does it show that they are foreign?

``python -m tests.benchmarks.words_outside [--sentences N]`` lets voices that were not trained on
ask for words of the NST lexicon ("jeg vil ha plastbåten"), over the shipped shop's vocabulary. A
word is *noticed* when ``[unk]`` is heard, *silent* when neither that nor a word below the sureness
that is asked about shows it. Right words must stay above it: see ``kurv speech evaluate``.
"""

from __future__ import annotations

import argparse
import random

from audio.recognizer import LOW_CONFIDENCE, UNKNOWN_WORD, VoskModel
from audio.speech_model.evaluation import listen
from audio.speech_model.lexicon import nst_entries
from audio.speech_model.samples import synthetic_samples
from bot.cli.speech import ready_model
from bot.settings import Settings

_REQUESTS = ("jeg vil ha {}", "en {}", "to {} takk", "legg til {}", "kan jeg få {}", "og {}")


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=80)
    wanted = parser.parse_args()
    folder = ready_model(Settings.from_environment())
    known = {line.split()[0] for line in (folder / "graph" / "words.txt").open(encoding="utf-8")}
    rng = random.Random(7)
    words = sorted(w for w in nst_entries() if 6 <= len(w) <= 12 and w.isalpha() and w not in known)
    asked = [rng.choice(_REQUESTS).format(rng.choice(words)) for _ in range(wanted.sentences)]
    model = VoskModel(folder)
    noticed = silent = total = 0
    for sample in synthetic_samples(asked):
        heard = listen(model, sample)
        unknown = any(word.word == UNKNOWN_WORD for word in heard.words)
        doubted = any(word.confidence < LOW_CONFIDENCE for word in heard.words)
        total += 1
        noticed += unknown
        silent += not (unknown or doubted)
    print(f"{total} sentences: noticed {noticed / total:.0%}, silent {silent / total:.0%}")


if __name__ == "__main__":
    main()
