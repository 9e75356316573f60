"""Words and a language model as the decoding graph of Vosk: HCLr.fst, Gr.fst and words.txt.

``HCLr.fst`` turns transition-ids into words. It is a tree of the pronunciations whose ends are
shared; a word is put out as soon as only one is left. ``Gr.fst`` is the language model. Vosk
composes the two while it listens, so that a grammar can take the second one's place.

pynini must not be loaded into a process that has Rasa in it: :func:`write` imports it, so call
:func:`audio.speech_model.build`, which runs it in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any, Literal

from audio.speech_model.language import END, START, UNKNOWN, History, LanguageModel
from audio.speech_model.phones import PHONE_NUMBER, PHONES, SILENCE, Pronunciation

EPSILON = "<eps>"

#: Costs (negative natural logarithms) of staying in a sound for another 30 ms, of a pause after
#: a word, and of no pause.
STAY = 0.1
PAUSE = 1.6
NO_PAUSE = 0.22

#: This share of a word's own cost is charged while its sounds are heard, not after its last one:
#: unlikely words then leave the search early, and a narrow beam finds what only a wide one found
#: before. The language graph gives the same amount back, so the sum stays as it was. A grammar
#: set while listening does not give it back: it prefers common words by that much.
EARLY = 0.7

#: The cost of a second phrase where only given phrases can be heard.
NEXT_PHRASE = 14.0

#: The unknown word is a loop over all sounds. It costs this much to begin, and this much for each
#: sound on top of its bigram cost: enough that shop words win when they fit, see
#: docs/speech-experiments.md for how it was tuned.
UNKNOWN_BEGIN = 0.0
UNKNOWN_SOUND = 0.0

#: An unknown word has at least this many sounds.
UNKNOWN_LEAST = 3


def enter(phone: int) -> int:
    """Return the transition-id that enters phone (1 = silence)."""
    return 2 * phone


def stay(phone: int) -> int:
    """Return the transition-id that stays in phone."""
    return 2 * phone - 1


@dataclass
class Arcs:
    """A graph as lists: arcs (input, output, cost, next) by state, and final costs."""

    arcs: list[list[tuple[int, int, float, int]]] = field(default_factory=list)
    finals: dict[int, float] = field(default_factory=dict)

    def state(self) -> int:
        """Add a state and return its number."""
        self.arcs.append([])
        return len(self.arcs) - 1

    def arc(self, source: int, label: int, word: int, cost: float, target: int) -> None:
        """Add an arc."""
        self.arcs[source].append((label, word, cost, target))


def _sound_state(graph: Arcs, phone: int) -> int:
    """Add a state in which *phone* may go on."""
    state = graph.state()
    graph.arc(state, stay(phone), 0, STAY, state)
    return state


def lexicon_graph(
    pronunciations: Mapping[str, Sequence[Pronunciation]],
    numbers: Mapping[str, int],
    sound_costs: Mapping[tuple[str, str], float],
    early: Mapping[str, float],
) -> Arcs:
    """Return the graph from transition-ids to words; state 0 is its start.

    *sound_costs* are the costs of one sound after another (SILENCE is the edge of a word) for the
    unknown word. *early* are costs of words to charge as soon as their sounds allow.
    """
    graph = Arcs()
    start = graph.state()
    root = graph.state()
    end = graph.state()
    silence = _sound_state(graph, PHONE_NUMBER[SILENCE] + 1)
    hush = enter(PHONE_NUMBER[SILENCE] + 1)
    for state in (start, end):
        graph.arc(state, 0, 0, NO_PAUSE, root)
        graph.arc(state, hush, 0, PAUSE, silence)
    graph.arc(silence, 0, 0, 0.0, root)
    graph.finals[root] = 0.0

    # How many (word, pronunciation) pairs go through every beginning of a pronunciation, and the
    # least that any of them costs.
    through: dict[Pronunciation, int] = {}
    least: dict[Pronunciation, float] = {(): 0.0}
    pairs = [(p, word) for word, variants in pronunciations.items() for p in variants if p]
    for pronunciation, _ in pairs:
        for length in range(1, len(pronunciation) + 1):
            beginning = pronunciation[:length]
            through[beginning] = through.get(beginning, 0) + 1
    for pronunciation, word in pairs:
        for length in range(1, len(pronunciation) + 1):
            beginning = pronunciation[:length]
            cost = early.get(word, 0.0)
            least[beginning] = min(cost, least.get(beginning, cost))
    prefixes: dict[Pronunciation, int] = {(): root}
    endings: dict[tuple[str, Pronunciation], int] = {}

    def ending(sound: str, rest: Pronunciation) -> int:
        """Return the state in *sound* from which *rest* leads to the end of the word."""
        key = (sound, rest)
        if key not in endings:
            state = _sound_state(graph, PHONE_NUMBER[sound] + 1)
            endings[key] = state
            if rest:
                phone = PHONE_NUMBER[rest[0]] + 1
                graph.arc(state, enter(phone), 0, 0.0, ending(rest[0], rest[1:]))
            else:
                graph.arc(state, 0, 0, 0.0, end)
        return endings[key]

    for pronunciation, word in sorted(pairs):
        price = log(len(pronunciations[word])) * 0.5 + early.get(word, 0.0)
        at = root
        for length, sound in enumerate(pronunciation, 1):
            beginning = pronunciation[:length]
            phone = PHONE_NUMBER[sound] + 1
            if through[beginning] == 1:
                target = ending(sound, pronunciation[length:])
                owed = price - least[beginning[:-1]]
                graph.arc(at, enter(phone), numbers[word], owed, target)
                break
            if beginning not in prefixes:
                prefixes[beginning] = _sound_state(graph, phone)
                owed = least[beginning] - least[beginning[:-1]]
                graph.arc(at, enter(phone), 0, owed, prefixes[beginning])
            at = prefixes[beginning]
        else:
            # Another word begins with this one, or sounds the same.
            graph.arc(at, 0, numbers[word], price - least[pronunciation], end)
    _unknown_word(graph, root, end, numbers[UNKNOWN], sound_costs)
    return graph


def _unknown_word(
    graph: Arcs, root: int, end: int, word: int, sound_costs: Mapping[tuple[str, str], float]
) -> None:
    """Add a word that any sequence of sounds can be, at a price."""
    sounds = [phone for phone in PHONES if phone != SILENCE]
    level = {
        (sound, n): _sound_state(graph, PHONE_NUMBER[sound] + 1)
        for n in range(1, UNKNOWN_LEAST + 1)
        for sound in sounds
    }
    for sound in sounds:
        first = sound_costs[SILENCE, sound] + UNKNOWN_BEGIN + UNKNOWN_SOUND
        graph.arc(root, enter(PHONE_NUMBER[sound] + 1), word, first, level[sound, 1])
        graph.arc(level[sound, UNKNOWN_LEAST], 0, 0, sound_costs[sound, SILENCE], end)
        for n in range(1, UNKNOWN_LEAST + 1):
            for following in sounds:
                if following == sound:  # staying in a sound is not another sound
                    continue
                cost = sound_costs[sound, following] + UNKNOWN_SOUND
                target = level[following, min(n + 1, UNKNOWN_LEAST)]
                phone = PHONE_NUMBER[following] + 1
                graph.arc(level[sound, n], enter(phone), 0, cost, target)


def sound_bigrams(pronunciations: Sequence[Pronunciation]) -> dict[tuple[str, str], float]:
    """Return the cost of every sound after every other, SILENCE being the edge of a word."""
    counts = {(a, b): 0.5 for a in PHONES for b in PHONES}
    for pronunciation in pronunciations:
        line = [SILENCE, *pronunciation, SILENCE]
        for a, b in pairwise(line):
            counts[a, b] += 1
    totals = {a: sum(counts[a, b] for b in PHONES) for a in PHONES}
    return {(a, b): -log(n / totals[a]) for (a, b), n in counts.items()}


def early_costs(model: LanguageModel) -> dict[str, float]:
    """Return what to charge for each word while it is heard, from its unigram."""
    return {
        word: -EARLY * score
        for word, score in model.words[()].items()
        if word not in (END, UNKNOWN)
    }


def language_graph(
    model: LanguageModel, numbers: Mapping[str, int], early: Mapping[str, float]
) -> Arcs:
    """Return the language model as a graph; state 0 is its start.

    *early* is what :func:`lexicon_graph` charges already and is given back here.
    """
    graph = Arcs()
    states: dict[History, int] = {}
    begin: History = (START,) if (START,) in model.words else ()
    for history in (begin, *(h for h in model.words if h != begin)):
        states[history] = graph.state()
    for history, entries in model.words.items():
        state = states[history]
        for word, score in entries.items():
            if word == END:
                graph.finals[state] = -score
            else:
                target = states[model.next_history(history, word)]
                cost = -score - early.get(word, 0.0)
                graph.arc(state, numbers[word], numbers[word], cost, target)
        if history:
            shorter = history[1:]
            while shorter not in states:
                shorter = shorter[1:]
            graph.arc(state, 0, 0, -model.backoff[history], states[shorter])
    return graph


def phrase_graph(phrases: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Arcs:
    """Return a language of exactly these phrases, all as likely; state 0 is its start.

    Another phrase may follow, at NEXT_PHRASE: one word is seldom two short ones.
    """
    graph = Arcs()
    start = graph.state()
    graph.finals[start] = 0.0
    after: dict[tuple[str, ...], int] = {(): start}
    for phrase in phrases:
        for length in range(1, len(phrase) + 1):
            beginning = tuple(phrase[:length])
            if beginning not in after:
                after[beginning] = graph.state()
                word = numbers[beginning[-1]]
                graph.arc(after[beginning[:-1]], word, word, 0.0, after[beginning])
        end = after[tuple(phrase)]
        if end not in graph.finals:
            graph.finals[end] = 0.0
            graph.arc(end, 0, 0, NEXT_PHRASE, start)
    return graph


def number_words(words: Sequence[str]) -> dict[str, int]:
    """Number the words for words.txt: 0 is nothing, the unknown word comes last."""
    ordered = [EPSILON, *sorted(set(words) - {UNKNOWN}), UNKNOWN]
    return {word: number for number, word in enumerate(ordered)}


def _compiled(graph: Arcs, sort_by: Literal["ilabel", "olabel"]) -> Any:
    import pywrapfst as fst

    compiled = fst.VectorFst()
    compiled.reserve_states(len(graph.arcs))
    for _ in graph.arcs:
        compiled.add_state()
    compiled.set_start(0)
    for number, arcs in enumerate(graph.arcs):
        for label, word, cost, target in arcs:
            compiled.add_arc(number, fst.Arc(label, word, cost, target))
    for number, cost in graph.finals.items():
        compiled.set_final(number, cost)
    compiled.arcsort(sort_by)
    return compiled


def write(
    pronunciations: Mapping[str, Sequence[Pronunciation]],
    language: Callable[[Mapping[str, int]], Arcs],
    sound_costs: Mapping[tuple[str, str], float],
    early: Mapping[str, float],
    folder: Path,
) -> None:
    """Write the files of Vosk's graph folder.

    *language* makes the language's graph when it is given the numbers of the words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = number_words(list(pronunciations))
    lexicon = lexicon_graph(pronunciations, numbers, sound_costs, early)
    _compiled(lexicon, "olabel").write(str(folder / "HCLr.fst"))
    _compiled(language(numbers), "ilabel").write(str(folder / "Gr.fst"))
    listed = "".join(f"{word} {number}\n" for word, number in numbers.items())
    (folder / "words.txt").write_text(listed, encoding="utf-8")
    # No disambiguation symbols are needed, but Vosk wants the file to hold a number.
    (folder / "disambig_tid.int").write_text(f"{2 * len(PHONES) + 1}\n")
