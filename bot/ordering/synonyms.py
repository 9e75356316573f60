"""How people name things, as data: dialect, old words, brand talk, vague words.

`Synonyms` is built from the mapping in `bot/data/synonyms.yml` (schema at the top of that file).
It answers five questions, all of them about words in lower case; it never sees the catalogue:

- `spell(word)`: the catalogue's spelling of one word: "mjølka" -> "melk", "kaffi" -> "kaffe".
- `resolve(words)`: the whole phrase in the catalogue's words, with what the sayings in it demand of
  a product (category, brand, words that must not be there): "do-rull" -> "toalettpapir".
- `staple(words)`: for a bare everyday word what to offer first, best first: "melk" -> lettmelk,
  helmelk, ekstra lett. None for everything else.
- `vague(words)`: a word that names a whole department ("pålegg") and must be asked about, with the
  question and the wares to offer; or one that no grocer sells ("akevitt"), with what is told. None
  for everything else.
- `is_other_ware(said, product_words)`: whether a product that shares a word with what was said is
  nevertheless another ware: "smør" is not "peanøttsmør", "løk" is not "hvitløk".

Phrases are compared joined: "do papir", "do-papir" and "dopapir" are one saying, because people
and recognisers split compounds. Order of use: `vague`, `staple`, then `resolve`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from bot.errors import CatalogueError

#: No saying has more words than this; bounds the search in `resolve`.
MAX_SAYING_WORDS = 5

_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|%")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case: letters, numbers and "%"; nothing else counts."""
    return tuple(_WORD.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class Target:
    """What to look for in the catalogue.

    Attributes:
        find: words of the product, in the catalogue's spelling: "lettmelk 1 l".
        categories: the product must be in one of these departments; empty: any.
        brands: the product must have one of these brands; empty: any.
        without: no word of the product may begin with one of these.
        alone: a saying that holds only when nothing else is said: "zalo" means oppvaskmiddel,
            "zalo spray" does not.
    """

    find: tuple[str, ...]
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Vague:
    """A word that must be asked about.

    Attributes:
        question: in Norwegian, ready to be said; with nothing to offer what is told instead, when
            no grocer sells it ("Vin selges på Vinmonopolet.").
        offers: what to offer, best first; at most three are said.
    """

    question: str
    offers: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A phrase in the catalogue's words, with the demands of the sayings that were found in it.

    Attributes:
        words: the phrase rewritten; unknown words stand as they were.
        categories, brands, without: as in `Target`, all sayings together.
        sayings: the sayings that were replaced, as their joined keys ("dorull").
        whole: whether one saying is the whole phrase.
    """

    words: tuple[str, ...]
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    sayings: tuple[str, ...] = ()
    whole: bool = False


class Synonyms:
    """The words of the people, checked and indexed; immutable."""

    def __init__(
        self,
        spellings: Mapping[str, str],
        sayings: Mapping[tuple[str, ...], Target],
        staples: Mapping[tuple[str, ...], tuple[Target, ...]],
        vague: Mapping[tuple[str, ...], Vague],
        other_wares: Mapping[str, tuple[str, ...]],
        taken: Iterable[tuple[str, ...]] = (),
    ) -> None:
        self._spellings = dict(spellings)
        self._usual = frozenset(spellings.values())
        self._sayings = {"".join(said): target for said, target in sayings.items()}
        self._staples = {"".join(said): offers for said, offers in staples.items()}
        self._taken = frozenset("".join(said) for said in taken)
        self._vague = {"".join(said): each for said, each in vague.items()}
        self._other_wares = dict(other_wares)
        self.phrases: tuple[tuple[str, ...], ...] = tuple(
            dict.fromkeys((*sayings, *staples, *vague))
        )
        """Every saying, staple and vague word, as its words: each names one ware or one kind."""
        self.known_words: frozenset[str] = frozenset(
            word
            for words in (
                *self.phrases,
                tuple(spellings),
                tuple(other_wares),
                *(target.find for target in sayings.values()),
            )
            for word in words
        )
        """Every word that a person may use according to these data."""

    @classmethod
    def empty(cls) -> "Synonyms":
        """Synonyms that know nothing."""
        return cls({}, {}, {}, {}, {})

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], source: str = "synonyms") -> "Synonyms":
        """Checks and indexes what was read from the YAML file.

        Raises:
            CatalogueError: with every entry that cannot be used and where it stands.
        """
        reader = _Reader()
        synonyms = reader.read(data)
        if reader.problems:
            raise CatalogueError(
                f"Synonymene «{source}» kan ikke brukes ({len(reader.problems)} feil): "
                + "; ".join(reader.problems)
                + "."
            )
        return synonyms

    def __len__(self) -> int:
        """The number of entries: spellings, sayings, staples and vague words."""
        return len(self._spellings) + len(self._sayings) + len(self._staples) + len(self._vague)

    def spell(self, word: str) -> str:
        """The catalogue's spelling of one word; the word itself when nothing is known about it.

        What is known about a word holds at the end of a compound too ("kakaomjølk").
        """
        known = self._spellings.get(word)
        if known is not None or word in self._usual:
            return known or word
        for at in range(3, len(word) - _SHORTEST_TAIL + 1):
            tail = self._spellings.get(word[at:])
            if tail is not None:
                return word[:at] + tail
        return word

    def spellings(self) -> Iterable[tuple[str, str]]:
        """Every listed way of spelling a word, with the catalogue's."""
        return self._spellings.items()

    def resolve(self, words: Sequence[str]) -> Reading:
        """Rewrites a phrase, the longest sayings first; each word is used once."""
        spelled = [self.spell(word) for word in words]
        out: list[str] = []
        targets: list[Target] = []
        sayings: list[str] = []
        at = used = 0
        while at < len(words):
            for length in range(min(MAX_SAYING_WORDS, len(words) - at), 0, -1):
                key = self._key_in(self._sayings, words, spelled, at, length)
                if key is not None and (length == len(words) or not self._sayings[key].alone):
                    target = self._sayings[key]
                    out.extend(target.find)
                    targets.append(target)
                    sayings.append(key)
                    at += length
                    used += length
                    break
            else:
                out.append(spelled[at])
                at += 1
        return Reading(
            words=tuple(dict.fromkeys(out)) if sayings else tuple(out),
            categories=tuple(dict.fromkeys(c for each in targets for c in each.categories)),
            brands=tuple(dict.fromkeys(b for each in targets for b in each.brands)),
            without=tuple(dict.fromkeys(w for each in targets for w in each.without)),
            sayings=tuple(sayings),
            whole=len(sayings) == 1 and len(targets) == 1 and used == len(words),
        )

    def staple(self, words: Sequence[str]) -> tuple[Target, ...] | None:
        """What to offer for a bare everyday word, best first; None when it is not one."""
        key = self._bare(self._staples, words)
        return self._staples[key] if key is not None else None

    def takes_first(self, words: Sequence[str]) -> bool:
        """Whether a bare everyday word nearly always means the first of its offers."""
        key = self._bare(self._staples, words)
        return key is not None and key in self._taken

    def vague(self, words: Sequence[str]) -> Vague | None:
        """How to ask about a word that names no ware; None when the words are not such a word."""
        key = self._bare(self._vague, words)
        return self._vague[key] if key is not None else None

    def is_other_ware(self, said: Iterable[str], product_words: Iterable[str]) -> bool:
        """Whether one of the product's words makes it another ware than the one that was said.

        A word of the product that the person said does not count: who asks for "peanøttsmør"
        gets peanøttsmør. A product that has the said word itself as a word is that ware, with the
        other one in it ("løk og hvitløk").
        """
        return self.other_wares(said)(product_words)

    def other_wares(self, said: Iterable[str]) -> Callable[[Iterable[str]], bool]:
        """`is_other_ware` for many products: what was said is looked up once."""
        said_words = {self.spell(word) for word in said}
        others = [(word, self._other_wares[word]) for word in said_words & self._other_wares.keys()]

        def is_other(product_words: Iterable[str]) -> bool:
            if not others:
                return False
            there = frozenset(product_words)
            return any(
                each.startswith(beginnings)
                for word, beginnings in others
                if word not in there
                for each in there - said_words
            )

        return is_other

    def _bare(self, table: Mapping[str, object], words: Sequence[str]) -> str | None:
        """The key of a whole phrase, also when sayings without demands lead to it."""
        spelled = [self.spell(word) for word in words]
        key = self._key_in(table, words, spelled, 0, len(words))
        if key is None:
            read = self.resolve(words)
            if read.sayings and not (read.categories or read.brands or read.without):
                joined = "".join(read.words)
                key = joined if joined in table else None
        return key

    @staticmethod
    def _key_in(
        table: Mapping[str, object],
        words: Sequence[str],
        spelled: Sequence[str],
        at: int,
        length: int,
    ) -> str | None:
        """The key of `length` words from `at`, as they stand or in the catalogue's spelling."""
        for form in either_spelling(words[at : at + length], spelled[at : at + length]):
            key = "".join(form)
            if key in table:
                return key
        return None


def either_spelling(words: Sequence[str], spelled: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words as they stand, in their usual spelling, and some so and some so.

    "makrel i tomat" is "makrell i tomat", although the usual spelling of "tomat" is "tomater".
    """
    yield tuple(words)
    pairs = [(s, w) if s != w else (w,) for w, s in zip(words, spelled, strict=True)]
    yield from islice(product(*pairs), _MOST_SPELLINGS)


_MOST_SPELLINGS = 8
#: The shortest word whose spelling is looked for at the end of a longer one.
_SHORTEST_TAIL = 5

_SECTIONS = ("spellings", "sayings", "staples", "vague", "other_wares")
_TARGET_KEYS = frozenset(("find", "category", "brand", "without"))


class _Reader:
    """Turns the mapping into objects and notes every entry that is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._said: dict[tuple[bool, str], str] = {}

    def read(self, data: Mapping[str, Any]) -> Synonyms:
        if not isinstance(data, Mapping):
            self.problems.append("filen må være en oppslagstabell med seksjoner")
            return Synonyms.empty()
        self.problems.extend(
            f"seksjonen «{name}» er ukjent" for name in data if name not in _SECTIONS
        )
        spellings = self._spellings(data.get("spellings") or {})
        sayings: dict[tuple[str, ...], Target] = {}
        for where, entry in self._entries(data, "sayings"):
            target = self._target(entry, where, also=frozenset(("say", "alone")))
            for said in self._said_in(entry, where, "sayings"):
                sayings[said] = target
        staples: dict[tuple[str, ...], tuple[Target, ...]] = {}
        taken: list[tuple[str, ...]] = []
        for where, entry in self._entries(data, "staples"):
            self._only(entry, frozenset(("say", "offer", "take")), where)
            offers = self._offers(entry, where)
            if not isinstance(entry.get("take", False), bool):
                self.problems.append(f"{where}: «take» må være true eller false")
            for said in self._said_in(entry, where, "staples"):
                staples[said] = offers
                if entry.get("take") is True:
                    taken.append(said)
        vague: dict[tuple[str, ...], Vague] = {}
        for where, entry in self._entries(data, "vague"):
            if "tell" in entry:
                told = self._told(entry, where)
                for said in self._said_in(entry, where, "vague"):
                    vague[said] = Vague(told, ())
                continue
            self._only(entry, frozenset(("say", "ask", "offer")), where)
            question = entry.get("ask")
            if not isinstance(question, str) or not question.strip().endswith("?"):
                self.problems.append(f"{where}: «ask» må være et spørsmål")
                question = ""
            offers = self._offers(entry, where)
            for said in self._said_in(entry, where, "vague"):
                vague[said] = Vague(question.strip(), offers)
        return Synonyms(spellings, sayings, staples, vague, self._other_wares(data), taken)

    def _told(self, entry: Mapping[str, Any], where: str) -> str:
        self._only(entry, frozenset(("say", "tell")), where)
        told = entry["tell"]
        if not isinstance(told, str) or not told.strip().endswith("."):
            self.problems.append(f"{where}: «tell» må være en setning")
            return ""
        return told.strip()

    def _spellings(self, section: object) -> dict[str, str]:
        found: dict[str, str] = {}
        if not isinstance(section, Mapping):
            self.problems.append("spellings: må være en oppslagstabell ord: [skrivemåter]")
            return found
        for word, forms in section.items():
            for form in self._strings(forms, f"spellings, «{word}»"):
                if len(words_of(form)) != 1 or len(words_of(str(word))) != 1:
                    self.problems.append(f"spellings, «{word}»: «{form}» er ikke ett ord")
                elif found.setdefault(form, str(word)) != str(word):
                    self.problems.append(
                        f"spellings: «{form}» staves både «{found[form]}» og «{word}»"
                    )
        self.problems.extend(
            f"spellings: «{word}» er selv en skrivemåte av «{found[word]}»"
            for word in dict.fromkeys(found.values())
            if word in found
        )
        return found

    def _other_wares(self, data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        section = data.get("other_wares") or {}
        if not isinstance(section, Mapping):
            self.problems.append("other_wares: må være en oppslagstabell ord: [ordbegynnelser]")
            return {}
        return {
            str(word): tuple(self._strings(others, f"other_wares, «{word}»"))
            for word, others in section.items()
        }

    def _entries(self, data: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
        section = data.get(name) or []
        if not isinstance(section, list):
            self.problems.append(f"{name}: må være en liste")
            return []
        entries: list[tuple[str, Mapping[str, Any]]] = []
        for number, entry in enumerate(section, start=1):
            if isinstance(entry, Mapping):
                entries.append((f"{name}, nr. {number}", entry))
            else:
                self.problems.append(f"{name}, nr. {number}: må være en oppslagstabell")
        return entries

    def _said_in(self, entry: Mapping[str, Any], where: str, section: str) -> list[tuple[str, ...]]:
        """The ways of saying of one entry; each may stand once among those that are asked first."""
        found: list[tuple[str, ...]] = []
        for text in self._strings(entry.get("say"), f"{where}, «say»"):
            words = words_of(text)
            if not words or len(words) > MAX_SAYING_WORDS:
                self.problems.append(f"{where}: «{text}» må ha fra ett til {MAX_SAYING_WORDS} ord")
                continue
            earlier = self._said.setdefault((section == "sayings", "".join(words)), where)
            if earlier != where:
                self.problems.append(f"{where}: «{text}» står allerede i {earlier}")
            found.append(words)
        return found

    def _offers(self, entry: Mapping[str, Any], where: str) -> tuple[Target, ...]:
        offers = entry.get("offer")
        if not isinstance(offers, list) or not offers:
            self.problems.append(f"{where}: «offer» må være en liste med minst én vare")
            return ()
        return tuple(
            self._target({"find": each} if isinstance(each, str) else each, f"{where}, «offer»")
            for each in offers
        )

    def _target(self, entry: object, where: str, also: frozenset[str] = frozenset()) -> Target:
        if not isinstance(entry, Mapping):
            self.problems.append(f"{where}: må være tekst eller en oppslagstabell")
            return Target(())
        self._only(entry, _TARGET_KEYS | also, where)
        find = entry.get("find")
        if not isinstance(find, str) or not (words_of(find) or entry.get("category")):
            self.problems.append(f"{where}: «find» mangler")
            find = ""
        if not isinstance(entry.get("alone", False), bool):
            self.problems.append(f"{where}: «alone» må være true eller false")
        return Target(
            find=words_of(find),
            categories=tuple(self._optional(entry, "category", where)),
            brands=tuple(self._optional(entry, "brand", where)),
            without=tuple(each.casefold() for each in self._optional(entry, "without", where)),
            alone=entry.get("alone") is True,
        )

    def _optional(self, entry: Mapping[str, Any], key: str, where: str) -> list[str]:
        return self._strings(entry[key], f"{where}, «{key}»") if key in entry else []

    def _only(self, entry: Mapping[str, Any], allowed: frozenset[str], where: str) -> None:
        self.problems.extend(
            f"{where}: nøkkelen «{key}» er ukjent" for key in entry if key not in allowed
        )

    def _strings(self, value: object, where: str) -> list[str]:
        """One text or a list of texts, as a list."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not values:
            self.problems.append(f"{where}: må være tekst eller en liste med tekster")
            return []
        good = [each for each in values if isinstance(each, str) and each.strip()]
        if len(good) != len(values):
            self.problems.append(f"{where}: inneholder noe som ikke er tekst")
        return good
