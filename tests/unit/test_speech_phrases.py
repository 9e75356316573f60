"""Tier: unit. What the recogniser is told that people say: wares, and the talk around them."""

from pathlib import Path

from audio.speech_model.builder import training_sentences
from audio.speech_model.lexicon import hand_entries, nst_entries
from audio.speech_model.patterns import talk
from audio.speech_model.spelling import spoken_words
from bot.speech_phrases import talk_sentences

ROOT = Path(__file__).parents[2]
KNOWN = {*nst_entries(), *hand_entries()}


def write(folder: Path, intent: str, *examples: str) -> None:
    lines = "".join(f"    - {each}\n" for each in examples)
    text = f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{lines}'
    (folder / f"{intent}.yml").write_text(text, encoding="utf-8")


def test_talk_is_what_acts_are_learned_from(tmp_path: Path) -> None:
    write(tmp_path, "add", "Jeg trenger [melk](ware)", "har du noe brød", "har du noe brød")
    known = {"jeg", "trenger", "melk", "har", "du", "noe", "brød"}
    assert talk_sentences(tmp_path, known) == ["jeg trenger melk", "har du noe brød"]


def test_misspellings_signs_and_what_is_no_order_stay_out(tmp_path: Path) -> None:
    write(tmp_path, "deny", "nei takk", "nai takk", "nei, takk", "nei 2 takk")
    write(tmp_path, "out_of_scope", "hvem vant kampen")
    known = {"nei", "takk", "hvem", "vant", "kampen"}
    assert talk_sentences(tmp_path, known) == ["nei takk"]


def test_the_bots_own_examples_give_many_sentences() -> None:
    assert len(talk_sentences(ROOT / "nlu_data" / "nlu", KNOWN)) > 1000


def test_every_line_of_talk_is_written_as_it_is_said() -> None:
    assert talk()
    for line in talk():
        assert line == " ".join(spoken_words(line))


def test_talk_is_in_the_language_of_every_shop() -> None:
    sentences = training_sentences(["lettmelk"], [])
    assert all(line.split() in sentences for line in talk())
