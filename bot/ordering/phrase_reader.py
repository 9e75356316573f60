"""A phrase read as it stands, as it may have been meant, and at last guessed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.ordering.deciding import Decider
from bot.ordering.everyday import Everyday
from bot.ordering.index import Index
from bot.ordering.judging import (
    CLEAR,
    LONG_WORD,
    NO_HISTORY,
    WORTH_ASKING,
    candidates,
    is_doubtful,
    is_named,
)
from bot.ordering.lemmas import word_set
from bot.ordering.match import MAX_OPTIONS, Certain, Choice, History, Match, Unknown
from bot.ordering.narrowing import Narrower
from bot.ordering.pack_choice import spread
from bot.ordering.phrase import SOFT, Words, read_words
from bot.ordering.ranking import Ranker
from bot.ordering.rereading import Rereader
from bot.ordering.synonyms import Synonyms
from bot.ordering.weighing import Scored

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

#: A phrase of so many words is guessed at.
_MOST_GUESSED = 2
#: A product that explains so much of an unknown word is of the kind that was named.
_KIND_SHARE = 0.4
#: Fronts of compounds that say when, where or for what a ware is, and not which one it is.
_USES = word_set(
    """
    kvelds morgen frokost lunsj middags helge fredags lørdags søndags hverdags jule påske tur
    matpakke skole kanne form bolle kake vaffel pannekake steke koke bake bords bord kjøkken bad
    tube boks pose glass flaske ferdig hurtig snar barne gjeste selskaps fest hytte plante gårds
    suppe saus grøt ettermiddags koste kose trøste tørke brødskive pålegg hermetikk tak vegg
    """
)
#: A word that is so much alike is rather a mistake than another word.
_MUCH_ALIKE = 0.8
#: A shorter word must be more alike.
_NEARLY_SAME = 0.86
_LONG_ENOUGH = 7


class PhraseReader:
    """Reads phrases with what the shop and the synonyms know."""

    def __init__(
        self,
        synonyms: Synonyms,
        index: Index,
        ranker: Ranker,
        narrower: Narrower,
        decider: Decider,
        everyday: Everyday,
    ) -> None:
        self._synonyms = synonyms
        self._index = index
        self._ranker = ranker
        self._narrower = narrower
        self._decider = decider
        self._everyday = everyday
        self.rereader = Rereader(synonyms, index)

    def understand(self, words: Words, history: History, amount: Amount | None) -> Match:
        """The match of a phrase as it stands, or as it may be read otherwise."""
        general = self._everyday.general(words, history, amount)
        if general is not None:
            return general
        found, clear = self._named(words, history, amount)
        if clear and isinstance(found, Unknown):
            return found
        doubtful = is_doubtful(found)
        if clear and not doubtful and (isinstance(found, Certain) or self._as_said(words.tokens)):
            return found
        for tokens in self.rereader.readings(words.tokens):
            reread = read_words(" ".join(tokens))  # "kilosmargarin": a size may come apart
            sizes = words.sizes | reread.sizes
            tokens = reread.tokens if reread.sizes else tokens
            again, sure = self.read(replace(words, tokens=tokens, sizes=sizes), history, amount)
            if is_doubtful(again):
                continue
            if doubtful or (sure and (not clear or isinstance(again, Certain))):
                return again
        if not doubtful and (clear or isinstance(found, Certain)):
            return found
        for purposeless in self.rereader.leaving_out(words.tokens):
            less = replace(words, tokens=purposeless)
            again = self.match(less, history, amount)
            if is_doubtful(again):
                again = self.understand(less, history, amount)
            if not is_doubtful(again):
                # What it is for was not understood, so nothing is taken without asking.
                options = again.candidates
                return Choice(options, "close") if len(options) > 1 else again
        return self._guess(words) or found if isinstance(found, Unknown) else found

    def match(self, words: Words, history: History, amount: Amount | None) -> Match:
        return self.read(words, history, amount)[0]

    def read(self, words: Words, history: History, amount: Amount | None) -> tuple[Match, bool]:
        """The match of a phrase, and whether every word of it is surely understood."""
        general = self._everyday.general(words, history, amount)
        if general is not None:
            return general, True
        return self._named(words, history, amount)

    def _named(self, words: Words, history: History, amount: Amount | None) -> tuple[Match, bool]:
        """`_read` of what is no everyday word by itself."""
        ranked, reading = self._ranker.ranked(words)
        if reading is None and self._synonyms.resolve(words.tokens).whole:
            first = ranked[0] if ranked else None
            apart = first is not None and first.by_department and not is_named(first)
            if first is None or first.missing or apart or first.weakest < CLEAR:
                return Unknown("unlike", ()), True  # people have a word for it, the shop has none
        clear = bool(ranked) and not ranked[0].missing and ranked[0].weakest >= CLEAR
        return self._decider.decide(ranked, words, history, amount, reading), clear

    def _as_said(self, tokens: Sequence[str]) -> bool:
        """Whether every word is one of the shop's as it was spelled."""
        return all(word in SOFT or self._index.is_word(word) for word in tokens)

    def _guess(self, words: Words) -> Choice | None:
        """What may have been meant by words that the shop does not have; only to be asked about."""
        hard = [word for word in words.tokens if word not in SOFT]
        if len(hard) > _MOST_GUESSED:
            return None  # a sentence about something else
        found, close = self._like(words, hard)
        if not close:
            found = [*self._of_kind(words, hard), *found]
        if not found and all(self._index.split.both_known(word) for word in hard):
            # "tomatjuice": juice, if of another kind; an "enhjørningsmelk" is no milk at all
            ranked, _ = self._ranker.ranked(words)
            found = [each for each in ranked if each.has_head and each.covered >= _KIND_SHARE]
        options = self._narrower.distinct(found)
        if len(options) == 1:
            options = spread(found)
        if len(options) == 1 and not close:
            first = options[0].entry
            options += [
                options[0]._replace(number=number, entry=entry)
                for number, entry in enumerate(self._index.entries)
                if entry.category == first.category and entry.ware[-1:] == first.ware[-1:]
                and entry is not first
            ][:1]  # fmt: skip
        return Choice(candidates(options), "close") if len(options) > (not close) else None

    def _like(self, words: Words, hard: Sequence[str]) -> tuple[list[Scored], bool]:
        """Wares whose names look like the unknown words, and whether they look much like them."""
        found: list[Scored] = []
        close = False
        for word in hard:
            if len(hard) > 1 and self._index.knows(word):
                continue
            for like, sure in self._index.nearest(word):
                tokens = tuple(like if each == word else each for each in words.tokens)
                ranked, _ = self._ranker.ranked(replace(words, tokens=tokens))
                near = [
                    each
                    for each in ranked[:MAX_OPTIONS]
                    if each.has_head and each.covered >= WORTH_ASKING
                ]
                much = sure >= _MUCH_ALIKE and len(word) >= LONG_WORD
                much = much or (sure >= _NEARLY_SAME and len(word) >= _LONG_ENOUGH)
                close = close or (bool(near) and much)
                found += near
        return found, close

    def _of_kind(self, words: Words, hard: Sequence[str]) -> list[Scored]:
        """The wares that an unknown compound ends in, when it begins with what they are for.

        "Kannekaffe" and "kveldste" are kaffe and te; "motorolje" is no oil for food, and what is of
        another kind ("hvalkjøtt") is not what was asked for.
        """
        unknown = [word for word in hard if not self._index.is_word(word)]
        if len(unknown) != 1:
            return []
        word = unknown[0]
        front = max((use for use in _USES if word.startswith(use)), key=len, default="")
        tail = word[len(front) :]
        if not front or not self._index.is_word(tail):
            return []
        kind = replace(words, tokens=tuple(tail if each == word else each for each in words.tokens))
        general = self._everyday.general(kind, NO_HISTORY, None)
        if general is None:
            return []
        ranked, _ = self._ranker.ranked(kind)
        fit = [each for each in ranked if each.has_head and not each.missing]
        offered = {each.product.product_id: place for place, each in enumerate(general.candidates)}
        first = [each for each in fit if each.entry.product.product_id in offered]
        first.sort(key=lambda each: offered[each.entry.product.product_id])
        return [*first, *(each for each in fit if each not in first)]
