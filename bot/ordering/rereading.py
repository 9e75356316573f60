"""Other ways to read a phrase that nothing in the shop explains, likeliest first.

People and recognisers split words that the synonyms know only whole ("jo gurt"), join words that
stand apart ("frossentorsk"), misspell the sayings of the synonyms ("dopappir"), say "te" for "til",
and add what the ware is for ("sirup til lefsa").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from bot.ordering.compounds import SHORT_TAILS
from bot.ordering.index import Index
from bot.ordering.lemmas import basic_forms, sound, word_set
from bot.ordering.near_words import deletions
from bot.ordering.numbers import read_number_word
from bot.ordering.phrase import BIG, SMALL, SOFT, is_size
from bot.ordering.synonyms import Synonyms

#: What comes after one of these says what the ware is for or lies in.
_PURPOSE = frozenset(("til", "te", "på", "for"))
#: A saying is looked for by its sound when it is at least this long: short ones are too alike.
_LONG_ENOUGH = 6
_LONG_PART = 3
_THREE = 3
_LONGEST_PART = 16
_MOST_PARTS = 5
_ARTICLES = frozenset(("en", "ei", "et", "ein", "eit"))
#: Parts that make up a word of the shop so nearly are that word.
_AS_GOOD_AS_SAID = 0.87
#: A word that sounds the same is that word, however it is spelled.
_SOUNDS_SO = 0.9
_SHORTEST_CORRECTED = 4
#: So much more alike than any other word is the one that is meant.
_CLEARLY = 0.05
#: One mistake for so many letters; one more where a recogniser broke a word in pieces.
_LETTERS_A_MISTAKE = 6
_LETTERS_IN_PIECES = 5


#: What a compound may end in that only says how a ware is packed: "colaflaske".
_A_PACK = word_set(
    """
    pakke pakka pose posa boks flaske flaska kartong glass tube beger eske plate plata rull pakning
    """
)
#: What has a colour on a ware that has none itself.
_LOOKS = word_set(
    """
    kork korken lokk lokket etikett etiketten papir papiret pose posen boks boksen kartong
    kartongen pakke pakken pakka eske esken glass glasset flaske flaska med i på den det
    """
)
_COLOURS = word_set("rød grønn gul blå hvit brun svart rosa lilla oransje grå gull sølv")


def _colour(word: str) -> bool:
    return not _COLOURS.isdisjoint(basic_forms(word))


class Rereader:
    """Rereads phrases with what the synonyms and the shop know."""

    def __init__(self, synonyms: Synonyms, index: Index) -> None:
        """Learns how the sayings sound."""
        self._synonyms = synonyms
        self._index = index
        self._sayings: dict[str, list[str]] = defaultdict(list)
        known: dict[str, tuple[str, ...]] = {word: (word,) for _, word in synonyms.spellings()}
        known |= {form: (word,) for form, word in synonyms.spellings()}
        known |= {"".join(words): words for words in synonyms.phrases}
        self._joined_forms = known
        for joined in known:
            key = sound(joined)
            if len(key) >= _LONG_ENOUGH - 1:
                for each in {key, *deletions(key)}:
                    self._sayings[each].append(joined)

    def readings(self, tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Other words for the same phrase; the meaning is the whole phrase's."""
        said = tuple(tokens)
        seen = {said}
        for reading in (
            self._for_what(said),
            self._as_dialect(said),
            self._in_figures(said),
            self._joined(said),
            self._nearest_saying(said),
            self._misspelled(said),
            self._corrected(said),
            self._apart(said),
        ):
            if reading is not None and reading not in seen:
                seen.add(reading)
                yield reading

    @staticmethod
    def leaving_out(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """The phrase without what the ware is for, and without what its pack looks like.

        What is left out was not understood: nothing may be taken for it without asking.
        """
        for at, word in enumerate(tokens):
            if at and word in _PURPOSE and at + 1 < len(tokens):
                yield tuple(tokens[:at])
                break
        if "uten" in tokens[1:]:
            yield tuple(tokens[: tokens.index("uten")])  # "syltetøy uten frø"
        looks = [word for word in tokens if _colour(word) or word in _LOOKS]
        if any(_colour(word) for word in looks) and len(looks) < len(tokens):
            yield tuple(word for word in tokens if word not in looks)

    def _for_what(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "pølser til grillen", "fløte te kaffen": the compound that says for what it is."""
        if len(said) != _THREE or said[1] not in ("til", "te") or said[0] in SOFT:
            return None
        ware = basic_forms(said[0])
        stems = [said[2][:-3]] if said[2].endswith("ing") else []  # "papir til baking"
        for what in (*reversed(basic_forms(said[2])), *stems):
            for link in ("", "e", "s"):
                for form in (said[0], *ware, self._synonyms.spell(said[0])):
                    joined = what + link + form
                    if self._index.is_word(joined) or joined in self._joined_forms:
                        return (joined,)
        return None

    @staticmethod
    def _as_dialect(said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "fløte te kaffien": an inner "te" is "til"."""
        if "te" not in said[1:-1]:
            return None
        return said[:1] + tuple("til" if word == "te" else word for word in said[1:-1]) + said[-1:]

    @staticmethod
    def _in_figures(said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "g trettifem", "pizza fire oster": numbers as they are printed, with their letter."""
        out: list[str] = []
        for word in said:
            value = read_number_word(word)
            if value is None or word in _ARTICLES:
                out.append(word)
            elif out and len(out[-1]) == 1 and out[-1].isalpha():
                out[-1] = f"{out[-1]}{value}"
            else:
                out.append(str(value))
        return tuple(out) if tuple(out) != said else None

    def _joined(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "jo gurt", "soli doks": neighbours that together are a known word, spelled so or so."""
        out: list[str] = []
        at = 0
        while at < len(said):
            for length in (3, 2):
                whole = self._whole(said[at : at + length])
                if len(said) - at >= length and whole is not None:
                    out.append(whole)
                    at += length
                    break
            else:
                out.append(said[at])
                at += 1
        return tuple(out) if len(out) < len(said) else None

    def _whole(self, parts: Sequence[str]) -> str | None:
        """The word that the parts are when they are put together, if there is one."""
        joined = "".join(parts)
        plain = "".join((basic_forms(parts[0])[-1], *parts[1:]))  # "gule osten" is gulost
        for way in (joined, plain):
            spelled = self._synonyms.spell(way)
            if spelled != way:
                return spelled
        if plain != joined and self._index.is_word(plain):
            return plain
        if len(joined) < _LONG_ENOUGH - 1 or all(self._known(part) for part in parts):
            return None
        found = self._index.find(joined)
        likeliest = max(found.items(), key=lambda item: item[1], default=("", 0.0))
        least = _AS_GOOD_AS_SAID if len(joined) >= _LONG_ENOUGH else _SOUNDS_SO
        return likeliest[0] if likeliest[1] >= least else None

    def _nearest_saying(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """The saying that sounds like the whole phrase, when there is only one."""
        joined = "".join(said)
        if len(joined) < _LONG_ENOUGH:
            return None
        if len(said) > 1 and said[-1] in SHORT_TAILS:
            return None  # "jordbær te" is no jordbær
        halves = self._index.split.both_known(joined) if len(said) == 1 else None
        key = sound(joined)
        letters = _LETTERS_A_MISTAKE if len(said) == 1 else _LETTERS_IN_PIECES
        found: dict[tuple[str, ...], int] = {}
        for each in {key, *deletions(key)}:
            for saying in self._sayings.get(each, ()):
                # What sounds the same is one mistake, however many letters it takes.
                by_ear = int(OSA.distance(key, sound(saying))) + 1
                mistakes = min(int(OSA.distance(joined, saying)), by_ear)
                if halves is not None and (
                    (halves[1] in SHORT_TAILS and not saying.endswith(halves[1]))
                    or saying[0] != joined[0]
                ):
                    continue  # "bringebærte" is another ware than bringebær
                if mistakes * letters <= len(saying) + 2 and sound(saying)[0] == key[0]:
                    words = self._joined_forms[saying]
                    found[words] = min(mistakes, found.get(words, mistakes))
        if not found:
            return None
        least = min(found.values())
        nearest = [words for words, mistakes in found.items() if mistakes == least]
        meanings = {self._synonyms.resolve(words).words for words in nearest}
        return nearest[0] if len(meanings) == 1 else None

    def _misspelled(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "ei flaske zaaloo": unknown words as the sayings that they sound like."""
        if len(said) < 2:
            return None
        out: list[str] = []
        for word in said:
            known = word in SOFT or self._index.knows(word) or self._synonyms.spell(word) != word
            out.extend((word,) if known else self._nearest_saying((word,)) or (word,))
        return tuple(out)

    def _corrected(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "makkrell i tomat": misspelled words as the one word of the shop that they must be."""
        out: list[str] = []
        for word in said:
            if word in SOFT or len(word) < _SHORTEST_CORRECTED or self._index.is_word(word):
                out.append(word)
                continue
            found = self._index.find(word)
            ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
            if not ranked or ranked[0][1] < _SOUNDS_SO:
                return None  # it may be another word altogether ("gardiner" is no "sardiner")
            meant = self._synonyms.spell(ranked[0][0])
            same = {*basic_forms(ranked[0][0]), *basic_forms(meant)}
            for other, sure in ranked[1:]:
                forms = (*basic_forms(other), self._synonyms.spell(other))
                if ranked[0][1] - sure < _CLEARLY and not same.intersection(forms):
                    return None
            out.append(meant)
        return tuple(out)

    def _apart(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "frossentorsk", "enjarlsberg": words that were run together."""
        out: list[str] = []
        for word in said:
            if len(word) >= _LONG_ENOUGH and word.isalpha() and not self._index.knows(word):
                out.extend(self._halves(word) or self._pieces(word) or (word,))
            else:
                out.append(word)
        return tuple(out) if tuple(out) != said else None

    def _halves(self, word: str) -> tuple[str, ...] | None:
        """The longest known tail with a front that is known as well."""
        for at in range(2, len(word) - _LONG_PART + 1):
            front, tail = word[:at], word[at:]
            spelled = self._synonyms.spell(tail)
            if not (spelled != tail or self._known(tail)):
                continue
            if tail in SOFT and tail not in _A_PACK:
                continue  # "bringebærte" is te; apart the "te" would count for nothing
            if front in BIG or front in SMALL:
                continue
            if front in _ARTICLES and len(tail) >= _LONG_ENOUGH:
                return (spelled,)
            if is_size(front):
                return front, spelled
            if front in SOFT:
                continue
            front = self._synonyms.spell(front)
            if at >= _LONG_PART and self._known(front):
                return front, spelled
        return None

    def _pieces(self, word: str) -> tuple[str, ...] | None:
        """The fewest known words that were run together: "frielekaffefiltermalt"."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - _LONGEST_PART), end):
                before, part = best[start], word[start:end]
                if before is None or len(before) >= _MOST_PARTS:
                    continue
                known = part in ("i", "av") or (len(part) >= _LONG_PART and self._known(part))
                known = known and not (end == len(word) and part in SOFT and part not in _A_PACK)
                now = best[end]
                if known and (now is None or len(before) + 1 < len(now)):
                    best[end] = (*before, self._synonyms.spell(part))
        return best[-1]

    def _known(self, word: str) -> bool:
        """Whether it is a whole word of the shop or of the people, not only half of one."""
        words, also = self._index.words, self._index.also
        return any(form in words or form in also for form in basic_forms(word))
