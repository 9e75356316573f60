"""Tier: benchmark. Golden dialogues, said by unseen voices: how many end with the exact basket?

``python -m tests.benchmarks.spoken_dialogues`` prints it for the recogniser's first reading and for
the reading that fits the shop and the talk best. It takes some minutes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from audio.in_context import fitting
from audio.recognizer import Transcript
from audio.speech_model.augment import telephone
from audio.speech_model.lexicon import Lexicon, hand_entries, nst_entries
from audio.speech_model.phones import UnknownSound
from audio.speech_model.spelling import spoken_words
from bot.cli.output import SURE
from bot.data_files import load_shop
from bot.evaluation.spoken import Hear, Spoken, play, talks
from bot.ordering.fitting import Situation, fits
from bot.ordering.shop import Shop
from bot.speech_phrases import product_phrases, product_sentences, talk_sentences
from tests.dialogues.bench import running_bench
from tests.dialogues.test_dialogues import GOLDEN

ROOT = Path(__file__).parents[2]
#: The shipped shop, whose words the recogniser must know, and the one that the dialogues are about.
SHOPS = (
    (ROOT / "bot" / "data" / "catalogue.csv", ROOT / "bot" / "data" / "synonyms.yml"),
    (ROOT / "tests" / "dialogues" / "shop.csv", ROOT / "bot" / "data" / "synonyms.yml"),
)


def vocabulary() -> tuple[list[str], list[str]]:
    """Phrases and sentences as `kurv speech build` makes a model of, for both shops."""
    known = {*nst_entries(), *hand_entries()}
    phrases: dict[str, None] = {}
    sentences = dict.fromkeys(talk_sentences(ROOT / "nlu_data" / "nlu", known))
    for catalogue, synonyms in SHOPS:
        shop = load_shop(catalogue, synonyms)
        phrases |= dict.fromkeys(product_phrases(shop))
        sentences |= dict.fromkeys(product_sentences(shop))
    return list(phrases), list(sentences)


def sayable(text: str) -> bool:
    """Whether a voice can say it: dialogues about nonsense ("sdfkjhsdf") are for typing."""
    lexicon = Lexicon()
    try:
        return all(lexicon.spoken(word) for word in spoken_words(text))
    except UnknownSound:
        return False


def heard_by(folder: Path, texts: list[str], by_telephone: bool) -> dict[str, Transcript]:
    """Every text, said by one of the unseen voices, as a model for the shops hears it."""
    import numpy as np

    from audio.recognizer import VoskModel
    from audio.speech_model import build, samples
    from audio.speech_model.evaluation import listen

    model = VoskModel(build(*vocabulary(), folder / "model"))
    found: dict[str, Transcript] = {}
    text_of = {" ".join(spoken_words(text)): text for text in texts}
    for sample in samples.synthetic_samples(texts):
        text = text_of[" ".join(sample.words)]
        if by_telephone:
            line = telephone(sample.samples.astype(np.float64))
            sound = np.clip(np.rint(line), -32768, 32767).astype(np.int16)
            sample = samples.Sample(sound, sample.words, sample.group)
        found[text] = listen(model, sample)
    return found


def first(heard: dict[str, Transcript]) -> Hear:
    """Take what the recogniser holds likeliest."""

    def hear(text: str, situation: Situation) -> tuple[str, bool]:
        found = heard[text]
        return found.text, found.confidence >= SURE

    return hear


def in_context(heard: dict[str, Transcript], shop: Shop) -> Hear:
    """Take the reading that fits best."""

    def hear(text: str, situation: Situation) -> tuple[str, bool]:
        found = fitting(heard[text], lambda texts: fits(texts, shop, situation))
        return found.text, found.confidence >= SURE

    return hear


def report(name: str, results: list[Spoken]) -> None:
    """Print a line."""
    turns = [turn for each in results for turn in each.turns]
    asked = sum(not sure for _, _, sure in turns)
    exact = sum(said.lower() == heard for said, heard, _ in turns)
    print(
        f"{name:22s} dialogues {len(results)}, last basket right "
        f"{sum(each.last for each in results)}, all baskets right "
        f"{sum(each.all for each in results)}; turns {len(turns)}, doubted {asked}, exact {exact}"
    )


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--telephone", action="store_true")
    wanted = parser.parse_args()
    dialogues = talks(GOLDEN)
    random.Random(1).shuffle(dialogues)
    dialogues = dialogues[: wanted.limit]
    texts = list(dict.fromkeys(str(s["user"]) for d in dialogues for s in d.content["steps"]))
    texts = [text for text in texts if sayable(text)]
    with tempfile.TemporaryDirectory() as scratch, running_bench(Path(scratch)) as bench:
        settings = bench.parts.settings
        shop = load_shop(settings.catalogue, settings.synonyms)
        heard = heard_by(Path(scratch), texts, wanted.telephone)
        said = [
            each
            for each in dialogues
            if all(str(s["user"]) in heard for s in each.content["steps"])
        ]
        ways: dict[str, Hear] = {
            "typed": lambda text, situation: (text, True),
            "first reading": first(heard),
            "reading that fits": in_context(heard, shop),
        }
        for name, hear in ways.items():
            report(name, [play(dialogue, bench, hear) for dialogue in said])


if __name__ == "__main__":
    main()
