"""The shop's words that a word may mean, however it is spelled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection

from rapidfuzz.distance import OSA, JaroWinkler

from bot.ordering.compounds import SHORT_TAILS, Splitter
from bot.ordering.lemmas import basic_forms, sound, without_marks
from bot.ordering.pronunciation import Pronounce, likeness, rough

#: Letters of a word that may be a misspelling; work grows with their fourth power, and whoever
#: types a thousand letters in a row must not keep everybody else waiting.
LONGEST_WORD = 40
_FUZZY_MIN = 0.74
_FUZZY_SHORT = 0.82
#: The same sounds in another spelling are nearly as sure as a rule of spelling (0.93).
_AS_IT_SOUNDS = 0.93
#: A likeness that is always asked about.
_NEVER_SURE = 0.8
#: A word is looked for at the end of compounds when it is so long, and the compound so much longer.
_SHORTEST_END = 5
_LONGER_THAN_END = 3
#: What is free of something is never that thing.
_FREE_OF = ("fri", "frie", "fritt", "løs", "løse", "løst")
_MANY_FORMS = 12
_MANY_GRAMS = 8
_MANY_NEAR = 30
#: Words less like than this are not even guessed at.
_GUESS = 0.7
_MOST_GUESSES = 3
_LONG_ENOUGH = 6
#: Halves of compounds that are compared by themselves are this long at least, and this alike.
_LONG_HALF = 3
_LIKE_HALF = 0.6
#: A word of so few sounds is found only by all of them.
_SHORT_SOUND = 4


class WordFinder:
    """Finds words of one shop."""

    def __init__(
        self, words: Collection[str], split: Splitter, pronounce: Pronounce | None = None
    ) -> None:
        """Learns the words that stand in products and departments, and how they sound."""
        self._split = split
        self._pronounce = pronounce
        self._words = frozenset(words)
        self._forms: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._plain: dict[str, list[str]] = defaultdict(list)
        self._deletes: dict[str, list[str]] = defaultdict(list)
        self._grams: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._said: dict[str, str] = {}
        self._heard: dict[str, list[str]] = defaultdict(list)
        for word in words:
            self._learn(word)
        for sounding, alike in self._sounds.items():
            for gram in _grams(sounding):
                self._grams[gram].extend(alike)
        self._cache: dict[tuple[str, bool, bool], dict[str, float]] = {}

    def _learn(self, word: str) -> None:
        for form in basic_forms(word):
            self._forms[form].append(word)
        if not word.isalpha() or len(word) < 3:
            return
        if len(word) >= _LONGER_THAN_END + _SHORTEST_END:
            self._ends[word[-_SHORTEST_END:]].append(word)
        key = sound(word)
        self._sounds[key].append(word)
        self._plain[without_marks(word)].append(word)
        if len(key) > 3:
            for shorter in {*deletions(key), *deletions(word)}:
                self._deletes[shorter].append(word)
        said = self._pronounce(word) if self._pronounce else ""
        if said:
            self._said[word] = said
            key = rough(said)
            self._heard[key].append(word)
            if len(key) > _SHORT_SOUND:
                for shorter in set(deletions(key)):
                    self._heard[shorter].append(word)

    def find(self, word: str, fuzzy: bool = True, by_ear: bool = True) -> dict[str, float]:
        """The shop's words that `word` may mean, with how sure that is (0..1).

        1 the same word, 0.97 another form of it, 0.93 the same sound, below that a likeness in
        spelling and sound; likenesses are looked for only when nothing better is there, and by the
        sounds of a pronouncer only with `by_ear` (a millisecond for a word it has not met).
        """
        key = (word, fuzzy, by_ear)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 50_000:
                self._cache.clear()
            found = self._cache[key] = self._find(word, fuzzy, by_ear)
        return found

    def _find(self, word: str, fuzzy: bool, by_ear: bool) -> dict[str, float]:
        found: dict[str, float] = {}
        if word in self._words:
            found[word] = 1.0
        for form in basic_forms(word):
            for other in self._forms.get(form, ()):
                found.setdefault(other, 0.97)
        if len(word) < 3 or not word.isalpha() or word in found:
            return found
        key = sound(word)
        parts = self._split.both_known(word)
        for other in self._sounds.get(key, ()) if len(key) > 2 else ():
            if min(len(word), len(other)) > 3 and other not in found:
                found[other] = 0.93 if other[0] == word[0] else 0.91
                short = parts is not None and parts[1] in SHORT_TAILS
                if parts is not None and (
                    (short and not other.endswith(parts[1])) or other[0] != word[0]
                ):
                    # "spinatte" would be tea, and "kyllingboller" are no skillingsboller
                    found[other] = _NEVER_SURE
        for other in self._plain.get(word, ()):
            found.setdefault(other, 0.93)
        self._add_forms(found)
        if fuzzy and not found:
            self._alike(word, key, found, by_ear)
            self._add_forms(found)
        if fuzzy and max(found.values(), default=0.0) <= _NEVER_SURE:
            found.update(dict.fromkeys(self._ending_in(word), _NEVER_SURE))
        return found

    def _ending_in(self, word: str) -> list[str]:
        """Compounds that end in a word which stands nowhere else: "smokk" of "narresmokk"."""
        if len(word) < _SHORTEST_END:
            return []
        return [
            other
            for other in self._ends.get(word[-_SHORTEST_END:], ())
            if other.endswith(word) and len(other) >= len(word) + _LONGER_THAN_END
        ]

    def _add_forms(self, found: dict[str, float]) -> None:
        """Adds the other forms of the words that were found: "kjøtkake" is "kjøttkaker" too."""
        for other, sure in tuple(found.items()):
            for form in basic_forms(other):
                for sibling in self._forms.get(form, ()):
                    found.setdefault(sibling, sure - 0.02)

    def alike(self, word: str) -> dict[str, float]:
        """Words that look and sound like `word`, even when it is itself a word of the shop."""
        found: dict[str, float] = {}
        if len(word) > 3 and word.isalpha():
            self._alike(word, sound(word), found, by_ear=True)
        return found

    def _alike(self, word: str, key: str, found: dict[str, float], by_ear: bool) -> None:
        if len(key) < 3 or len(word) > LONGEST_WORD:
            return
        near: set[str] = {*self._deletes.get(key, ()), *self._deletes.get(word, ())}
        for form in basic_forms(word):
            near.update(self._sounds.get(sound(form), ()))
        once = deletions(key)
        for shorter in deletions(word):
            near.update(self._deletes.get(shorter, ()))
        for shorter in once:
            near.update(self._sounds.get(shorter, ()))
            near.update(self._deletes.get(shorter, ()))
        if len(key) > 6:
            for shorter in once:
                for shortest in deletions(shorter):
                    near.update(self._sounds.get(shortest, ()))
                    near.update(self._deletes.get(shortest, ()))
        if not near and len(key) > 5:
            near.update(self._by_grams(key))
        likely = {other: similarity(word, key, other) for other in near}
        if self._pronounce and by_ear and max(likely.values(), default=0.0) < _AS_IT_SOUNDS:
            self._listen(self._said.get(word) or self._pronounce(word), likely)
        parts = self._split.both_known(word)
        for other, alike in likely.items():
            if parts is not None and not other.endswith(basic_forms(parts[1])):
                alike = min(alike, _NEVER_SURE)  # "mandarinis" is no mistake for mandariner
            if len(word) <= 4:
                # In a short word one other letter makes another word ("sofa", "soda").
                close = alike >= _FUZZY_SHORT and len(other) > 3
                alike = _NEVER_SURE if close else 0.0
            if word.endswith(_FREE_OF) and not other.endswith(_FREE_OF):
                continue  # "sukkerfri" is no mistake for sukker
            if len(word) - len(other) > 1 and word.endswith(basic_forms(other)):
                continue  # "bilbatteri" is another ware than "batteri", not a mistake
            if alike >= _FUZZY_MIN:
                alike = min(alike, self._by_halves(word, other, alike))
            if alike >= _FUZZY_MIN and other not in found:
                found[other] = alike
        if len(found) > _MANY_FORMS:
            best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MANY_FORMS]
            found.clear()
            found.update(best)

    def _by_halves(self, word: str, other: str, alike: float) -> float:
        """How alike a word is to a compound that shares one half with it, by the other half.

        "sportkjeks" and "speltkjeks" are long and share what they are, so that as whole words they
        look alike; it is the fronts that tell whether one is a mistake for the other.
        """
        parts = self._split(other)
        if parts is None or len(parts[0]) < _LONG_HALF or len(parts[1]) < _LONG_HALF:
            return alike
        front, tail = parts
        if word.endswith(tail):
            half, same = word[: -len(tail)], front
        elif word.startswith(front):
            half, same = word[len(front) :], tail
        else:
            return alike
        likely = similarity(half, sound(half), same) if half else 0.0
        if likely <= _LIKE_HALF:
            return 0.0
        return alike if likely > _FUZZY_SHORT else min(alike, _NEVER_SURE)

    def _listen(self, said: str, likely: dict[str, float]) -> None:
        """Raises the likeness of words that sound alike, however they are spelled."""
        if not said:
            return
        key = rough(said)
        near = {*likely, *self._heard.get(key, ())}
        if len(key) > _SHORT_SOUND:
            for shorter in deletions(key):
                near.update(self._heard.get(shorter, ()))
        for other in near:
            sounds = self._said.get(other)
            if sounds:
                alike = _AS_IT_SOUNDS * likeness(said, sounds)
                likely[other] = max(likely.get(other, 0.0), alike)

    def nearest(self, word: str) -> list[tuple[str, float]]:
        """The few words most like one that the shop does not have, likeliest first, 0..1.

        They are further away than a mistake (see `find`): only good for asking "mener du …?".
        """
        key = sound(word)
        if not _LONG_ENOUGH <= len(word) <= LONGEST_WORD or not word.isalpha():
            return []  # of a short word any other short word is made by two changes
        near = set(self._by_grams(key))
        for shorter in deletions(key):
            near.update(self._deletes.get(shorter, ()))
        likely = {other: similarity(word, key, other) for other in near if len(other) > 3}
        if self._pronounce:
            self._listen(self._pronounce(word), likely)
        ranked = sorted(likely.items(), key=lambda item: (-item[1], item[0]))
        return [each for each in ranked if each[1] >= _GUESS][:_MOST_GUESSES]

    def _by_grams(self, key: str) -> list[str]:
        """Words that share most letter triples with a sound key, for more than two mistakes."""
        grams = sorted(
            (each for each in _grams(key) if each in self._grams),
            key=lambda gram: len(self._grams[gram]),
        )
        shared: Counter[str] = Counter()
        for gram in grams[:_MANY_GRAMS]:
            shared.update(self._grams[gram])
        return [word for word, _ in shared.most_common(_MANY_NEAR)]


def similarity(word: str, key: str, other: str) -> float:
    """How alike two words are in spelling and in sound, 0..1; the first letters weigh more."""
    spelling = OSA.normalized_similarity(word, other)
    sounding = OSA.normalized_similarity(key, sound(other))
    start = JaroWinkler.similarity(word, other)
    return max(spelling, 0.5 * (spelling + sounding)) * 0.75 + start * 0.25


def _grams(key: str) -> set[str]:
    padded = f"^{key}$"
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def deletions(key: str) -> list[str]:
    """The key with each one letter left out; two keys one mistake apart meet in one of them."""
    return [key[:at] + key[at + 1 :] for at in range(len(key))]
