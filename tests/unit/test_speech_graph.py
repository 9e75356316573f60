"""Tier: unit. The language model and the decoding graph, on vocabularies of a few words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from audio.errors import SpeechModelBroken, SpeechModelMissing
from audio.speech_model import SHIPPED, build, graph
from audio.speech_model.builder import training_sentences, vocabulary
from audio.speech_model.language import END, START, UNKNOWN, LanguageModel, estimate
from audio.speech_model.lexicon import Lexicon, hand_entries
from audio.speech_model.phones import PHONE_NUMBER, PHONES, SILENCE, Pronunciation

WORDS: dict[str, list[Pronunciation]] = {
    "ost": [("ʊ", "s", "t")],
    "oster": [("ʊ", "s", "t", "ə", "r")],
    "øst": [("œ", "s", "t")],
    "melk": [("m", "ɛ", "l", "k"), ("m", "j", "œ", "l", "k")],
}


def flat_costs() -> dict[tuple[str, str], float]:
    return {(a, b): 3.0 for a in PHONES for b in PHONES}


def tiny() -> tuple[graph.Arcs, dict[int, str]]:
    numbers = graph.number_words([*WORDS, UNKNOWN])
    names = {number: word for word, number in numbers.items()}
    early = {"ost": 2.0, "oster": 1.0, "øst": 4.0, "melk": 3.0}
    return graph.lexicon_graph({**WORDS, UNKNOWN: []}, numbers, flat_costs(), early), names


def readings(arcs: graph.Arcs, names: dict[int, str], sounds: Sequence[str]) -> dict[str, float]:
    """Return every word sequence that the graph gives for these sounds, with its least cost."""
    labels = [graph.enter(PHONE_NUMBER[sound] + 1) for sound in sounds]
    found: dict[str, float] = {}
    waiting: list[tuple[int, int, tuple[str, ...], float]] = [(0, 0, (), 0.0)]
    while waiting:
        state, at, said, cost = waiting.pop()
        if at == len(labels) and state in arcs.finals:
            text = " ".join(said)
            found[text] = min(cost, found.get(text, math.inf))
        for label, word, price, target in arcs.arcs[state]:
            step = 1 if label else 0
            if label and (at == len(labels) or label != labels[at]):
                continue
            heard = (*said, names[word]) if word else said
            waiting.append((target, at + step, heard, cost + price))
    return found


def test_words_are_read_from_their_sounds() -> None:
    arcs, names = tiny()
    assert "ost" in readings(arcs, names, ["ʊ", "s", "t"])
    assert "oster" in readings(arcs, names, ["ʊ", "s", "t", "ə", "r"])
    assert "melk" in readings(arcs, names, ["m", "j", "œ", "l", "k"])
    assert "ost melk" in readings(arcs, names, ["ʊ", "s", "t", "SIL", "m", "ɛ", "l", "k"])


def test_a_word_costs_the_same_whether_it_is_charged_early_or_late() -> None:
    arcs, names = tiny()
    late = graph.lexicon_graph(
        {**WORDS, UNKNOWN: []}, graph.number_words([*WORDS, UNKNOWN]), flat_costs(), {}
    )
    for sounds, word, cost in (("ʊ s t", "ost", 2), ("ʊ s t ə r", "oster", 1), ("œ s t", "øst", 4)):
        one = readings(arcs, names, sounds.split())[word]
        assert one == pytest.approx(readings(late, names, sounds.split())[word] + cost)


def test_a_word_that_fits_is_cheaper_than_the_unknown_word() -> None:
    arcs, names = tiny()
    found = readings(arcs, names, ["œ", "s", "t"])
    assert found["øst"] < found[UNKNOWN]


def test_what_is_no_word_is_unknown_and_nothing_else() -> None:
    arcs, names = tiny()
    assert set(readings(arcs, names, ["b", "ɑː", "d", "ə"])) == {UNKNOWN}
    # Two sounds are too few for an unknown word: a breath must not become one.
    assert readings(arcs, names, ["b", "ɑː"]) == {}


def test_staying_in_a_sound_is_possible_in_every_sound() -> None:
    arcs, _ = tiny()
    stays = {graph.stay(n + 1) for n in range(len(PHONES))}
    loops = [
        (state, label)
        for state, out in enumerate(arcs.arcs)
        for label, _, _, target in out
        if target == state
    ]
    assert {label for _, label in loops} <= stays
    entered: dict[int, set[int]] = {}
    for out in arcs.arcs:
        for label, _, _, target in out:
            if label and label not in stays:
                entered.setdefault(target, set()).add(label - 1)
    assert set(loops) == {(state, label) for state, labels in entered.items() for label in labels}


def test_probabilities_after_any_history_sum_to_one() -> None:
    sentences = ["jeg vil ha melk", "jeg vil ha brød", "ha brød", "melk takk"]
    lines = [sentence.split() for sentence in sentences]
    words = {word for line in lines for word in line}
    model = estimate(lines, words, rarest_trigram=1)
    everything = [*words, UNKNOWN, END]
    for history in [(), (START,), ("vil", "ha"), ("ha",), ("brød",), (START, "jeg")]:
        total = sum(math.exp(model.log_probability(history, word)) for word in everything)
        assert total == pytest.approx(1.0, abs=0.12), history


def test_what_was_said_is_more_likely_than_what_was_not() -> None:
    lines = [["jeg", "vil", "ha", "melk"]] * 5 + [["takk"]]
    model = estimate(lines, ["jeg", "vil", "ha", "melk", "takk"])
    assert model.log_probability(("vil", "ha"), "melk") > model.log_probability(
        ("vil", "ha"), "takk"
    )
    with pytest.raises(KeyError):
        model.log_probability((), "smør")


def test_words_outside_the_vocabulary_count_as_unknown() -> None:
    model = estimate([["ha", "propell"]] * 3, ["ha"])
    assert model.log_probability(("ha",), UNKNOWN) > math.log(0.3)


def cheapest(arcs: graph.Arcs, numbers: dict[str, int], words: list[str]) -> float:
    """Return the least cost of a sentence in the language graph."""
    reached = {0: 0.0}

    def close(states: dict[int, float]) -> dict[int, float]:
        todo = list(states)
        while todo:
            state = todo.pop()
            for label, _, cost, target in arcs.arcs[state]:
                if not label and states[state] + cost < states.get(target, math.inf):
                    states[target] = states[state] + cost
                    todo.append(target)
        return states

    reached = close(reached)
    for word in words:
        following: dict[int, float] = {}
        for state, so_far in reached.items():
            for label, _, cost, target in arcs.arcs[state]:
                if label == numbers[word]:
                    following[target] = min(so_far + cost, following.get(target, math.inf))
        reached = close(following)
    return min(c + arcs.finals[s] for s, c in reached.items() if s in arcs.finals)


def test_the_language_graph_gives_the_costs_of_the_model() -> None:
    lines = [["jeg", "vil", "ha", "melk"], ["ha", "brød"], ["melk", "takk"]]
    words = ["jeg", "vil", "ha", "melk", "brød", "takk"]
    model: LanguageModel = estimate(lines, words, rarest_trigram=1)
    numbers = graph.number_words(words)
    arcs = graph.language_graph(model, numbers, {})
    history: tuple[str, ...] = (START,)
    score = 0.0
    for word in ["jeg", "vil", "ha", "melk", END]:
        score += model.log_probability(history, word)
        history = model.next_history(history, word)
    assert cheapest(arcs, numbers, ["jeg", "vil", "ha", "melk"]) == pytest.approx(-score)
    # An order of words that was never seen is dearer, and still possible.
    assert cheapest(arcs, numbers, ["takk", "jeg", "brød"]) > -score


def test_a_language_of_phrases_takes_them_whole() -> None:
    numbers = graph.number_words(["rød", "løk", "saft"])
    arcs = graph.phrase_graph([["rød", "løk"], ["saft"]], numbers)
    assert cheapest(arcs, numbers, ["rød", "løk"]) == 0.0
    assert cheapest(arcs, numbers, ["saft", "rød", "løk"]) == graph.NEXT_PHRASE
    with pytest.raises(ValueError, match="empty"):
        cheapest(arcs, numbers, ["løk"])


def test_training_sentences_hold_every_phrase_spelled_out_and_unknown_words() -> None:
    lines = training_sentences(["Lettmelk 1,5 l", "Ost & kjeks"], ["kan jeg få 2 egg"])
    texts = [" ".join(line) for line in lines]
    assert any("lettmelk halvannen liter" in text for text in texts)
    assert any("ost og kjeks" in text for text in texts)
    assert "kan jeg få to egg" in texts
    assert any(UNKNOWN in text for text in texts)
    assert texts == [" ".join(line) for line in training_sentences(
        ["Lettmelk 1,5 l", "Ost & kjeks"], ["kan jeg få 2 egg"])]  # fmt: skip


def test_the_vocabulary_has_the_hand_written_words_too() -> None:
    words = vocabulary([["lettmelk", UNKNOWN, "zalomax"]], Lexicon())
    assert {"lettmelk", "zalomax", "ikkje", "mjølk"} <= set(words)
    assert UNKNOWN not in words
    assert len(words) >= 0.98 * len(hand_entries())


def test_the_shops_spelling_wins_over_a_hand_written_word_that_sounds_the_same() -> None:
    assert "brø" in vocabulary([["ost"]], Lexicon())
    words = vocabulary([["brød", "yoghurt"]], Lexicon())
    assert "brød" in words and "brø" not in words and "jogurt" not in words


def test_build_writes_the_same_complete_folder_twice(tmp_path: Path) -> None:
    steps: list[float] = []
    asked = (["Lettmelk", "Grovbrød"], ["kan jeg få melk"])
    one = build(*asked, tmp_path / "one", progress=lambda _, share: steps.append(share))
    two = build(*asked, tmp_path / "two")
    names = [
        *("am/final.mdl", "am/global_cmvn.stats", "conf/mfcc.conf", "conf/model.conf"),
        *("graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt", "graph/disambig_tid.int"),
    ]
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    assert steps == sorted(steps) and steps[-1] == 1.0
    listed = (one / "graph" / "words.txt").read_text(encoding="utf-8").split("\n")
    assert {"lettmelk", "grovbrød", UNKNOWN} <= {line.split(" ")[0] for line in listed}


def test_build_without_an_acoustic_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(SpeechModelMissing, match="Fant ingen lydmodell"):
        build(["melk"], [], tmp_path / "out", tmp_path / "nothing")


def test_a_failed_build_leaves_the_old_model(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "am").mkdir(parents=True)
    (broken / "am" / "final.mdl").write_bytes(b"x")
    old = tmp_path / "old"
    old.mkdir()
    (old / "mark").touch()
    with pytest.raises(SpeechModelBroken):
        build(["melk"], [], old, broken)
    assert (old / "mark").exists()


def test_the_shipped_acoustic_model_is_within_its_size() -> None:
    assert (SHIPPED / "am" / "final.mdl").stat().st_size <= 15_000_000
    assert PHONES[0] == SILENCE
