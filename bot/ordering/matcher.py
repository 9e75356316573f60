"""From what a person calls a ware to the ware: certain, a choice of at most three, or unknown.

The rules, in the order in which they decide:

1. A word that was said must be explained by the product, else the answer is not certain.
2. What the person usually buys wins among the products that explain everything.
3. A product loses for what it says and the person did not: most for being another ware
   ("potetmos med melk" is no milk), much for what people always say when they want it
   (laktosefri, økologisk), little for a brand or a country.
4. The best product is certain when it leads clearly. Otherwise the person is asked, because a
   wrong brand or kind is worse than a question.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.deciding import Decider
from bot.ordering.entries import Entry
from bot.ordering.everyday import Everyday
from bot.ordering.fillers import DESCRIBING
from bot.ordering.judging import (
    ASKING_SCORE,
    MARGIN,
    MUCH_UNSAID,
    NO_HISTORY,
    SURE_SCORE,
    candidate,
    candidates,
    is_doubtful,
    plain_kind,
)
from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.match import (
    MAX_OPTIONS,
    Candidate,
    Certain,
    Choice,
    History,
    Match,
    Unknown,
)
from bot.ordering.narrowing import Narrower
from bot.ordering.numbers import read_number
from bot.ordering.pack_choice import PackChooser, beyond
from bot.ordering.packs import plan
from bot.ordering.phrase import BIG, SMALL, SOFT, SizeFact, Words, read_words
from bot.ordering.phrase_reader import PhraseReader
from bot.ordering.pronunciation import Pronounce
from bot.ordering.ranking import Ranker
from bot.ordering.said_size import filled_by, is_near, pack_facts
from bot.ordering.scoring import Scorer
from bot.ordering.synonyms import Synonyms
from bot.ordering.wares import WARES
from bot.ordering.weighing import BONUS_SIZE, Scored

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

__all__ = ["Candidate", "Certain", "Choice", "History", "Match", "Matcher", "Unknown"]

_MAX_WORDS = 12
#: A smaller number counts packs, not what is in one.
_FEWEST_IN_PACK = 6
_SMALLER = frozenset(("mindre", "større", "minst", "størst"))
_HALF = Decimal("0.5")
#: With one of these a word says what the ware is for or has, and not what it is.
_LINKS = word_set("til for med i på uten fra av")


class Matcher:
    """Finds the products of one catalogue; immutable after it is built, but for caches."""

    def __init__(
        self,
        catalogue: Catalogue,
        synonyms: Synonyms,
        pronounce: Pronounce | None = None,
        words: Container[str] = (),
    ) -> None:
        """Builds the index: about 0.2 ms a product.

        With `pronounce` a word that sounds like one of the shop's is found however it is spelled;
        without it only Norwegian spelling rules say how a word sounds. A word of the language
        (`words`) that stands alone and that the shop does not have is no mistake for another.
        """
        self._synonyms = synonyms
        self._language = words
        scorer = Scorer(catalogue, synonyms, pronounce)
        self.index = scorer.index
        self.hears = pronounce is not None
        self._packs = PackChooser(self.index)
        self._ranker = Ranker(scorer, synonyms)
        narrower = Narrower(self.index, self._packs)
        decider = Decider(narrower, self._packs, synonyms)
        self._everyday = Everyday(synonyms, self.index, self._ranker, decider, self._packs)
        self._reader = PhraseReader(
            synonyms, self.index, self._ranker, narrower, decider, self._everyday
        )
        self._numbers = {each.product_id: n for n, each in enumerate(catalogue.products)}
        self._by_name = {_squeezed(each.full_name): each for each in reversed(catalogue.products)}

    def spell(self, word: str) -> str:
        """The usual spelling of a lower-case word; the word itself when none is known."""
        return self._synonyms.spell(word)

    def match(
        self, phrase: str, history: History = NO_HISTORY, amount: Amount | None = None
    ) -> Match:
        """Finds the product that a phrase means.

        Args:
            phrase: how the person named the ware, amount left out ("tine lettmelk").
            history: what the person bought before.
            amount: what was said about the amount; it may decide between pack sizes.
        """
        words = read_words(phrase[:400])
        tokens = _without_count(words.tokens)
        if tokens != words.tokens and self._synonyms.resolve(words.tokens).whole:
            tokens = words.tokens  # "fire kløver" is a Firkløver
        words = replace(words, tokens=tokens[:_MAX_WORDS])
        if not words.tokens or _says_only_size(words.tokens):
            return Unknown("empty", ())
        named = self._by_name.get(_squeezed(phrase)) if len(words.tokens) > 1 else None
        if named is not None and words.sizes:
            whole = Candidate(named, 100.0)
            return Certain(whole, "exact", (whole,))
        packed = self._pack_said(words, phrase, history) if amount is None else None
        if packed is not None:
            return packed
        found = self._reader.understand(words, history, amount)
        if isinstance(found, Choice) and self._is_another_word(words.tokens, found):
            return Unknown("unknown", found.candidates)
        if isinstance(found, Certain):
            found = self._among_sizes(found, words)
        if isinstance(found, Certain) and found.reason in _BY_SCORE and _describes(words.tokens):
            found = Choice(found.candidates, "close")  # "grovt" names no ware
        if amount is not None:
            found = self._in_size(found, words, history, amount)
            return self._as_said(found, words, pack_facts(amount), amount)
        if isinstance(found, Certain) and words.sizes:
            return self._as_said(found, words, tuple(words.sizes), None)
        count = _pack_count(phrase)
        if isinstance(found, Choice) and count is not None and not words.sizes:
            return self._options_in_size(found, (count,))
        return found

    def match_whole(self, phrase: str, history: History = NO_HISTORY) -> Match | None:
        """Finds the product of a phrase when every word of it is part of the name.

        None when a word is left over, or something is only guessed at.
        """
        words = read_words(phrase[:400])
        tokens = words.tokens[:_MAX_WORDS]
        for reading in (tokens, *self._reader.rereader.readings(tokens)):
            found, clear = self._reader.read(replace(words, tokens=reading), history, None)
            if clear and not is_doubtful(found):
                return found
        return None

    def match_held(self, phrase: str, product_ids: Iterable[str]) -> Match:
        """Finds which of a few products a phrase means: those that lie in a basket.

        Everything else in the shop is out of the question, so "melken" is certain when one milk
        is held; the words are still understood with the whole shop's knowledge of compounds.
        """
        words = read_words(phrase[:400])
        words = replace(words, tokens=_without_count(words.tokens)[:_MAX_WORDS])
        numbers = [self._numbers[each] for each in product_ids if each in self._numbers]
        if not words.tokens or not numbers:
            return Unknown("empty", ())
        reading = self._synonyms.resolve(words.tokens)
        as_read = replace(words, tokens=read_words(" ".join(reading.words)).tokens)
        fit = max((self._ranker.held(each, numbers) for each in (words, as_read)), key=_best_score)
        if not fit:
            return Unknown("unlike", ())
        leads = len(fit) == 1 or fit[0].score - fit[1].score > MARGIN
        if leads:
            return Certain(candidate(fit[0]), "only", candidates(fit))
        return Choice(candidates(fit), "close")

    def all_like(self, phrase: str) -> tuple[Product, ...]:
        """Every product that a phrase may name, best first: for "hva slags … har dere?"."""
        words = read_words(phrase[:400])
        words = replace(words, tokens=_without_count(words.tokens)[:_MAX_WORDS])
        if not words.tokens:
            return ()
        found: dict[int, Scored] = {}
        general = self._everyday.bare(words.tokens)
        for target in general[0] if general is not None else ():
            for each in self._ranker.target(target)[:1]:
                found.setdefault(each.number, each)
        ranked, _ = self._ranker.ranked(words)
        for each in ranked:
            if not each.missing and (each.has_head or each.branded) and each.score > ASKING_SCORE:
                found.setdefault(each.number, each)
        return tuple(each.entry.product for each in found.values())

    def _is_another_word(self, tokens: Sequence[str], found: Choice) -> bool:
        """Whether a lone word is one of the language that nobody uses for a ware of this shop.

        "Gardiner" is no mistake for sardiner. Among other words it may be one ("lever posten"), and
        what products are called at the end of a longer word is near enough to ask ("smokk").
        """
        hard = [word for word in tokens if word not in SOFT | BIG | SMALL]
        if len(hard) != 1 or hard[0] not in self._language or self.index.knows(hard[0]):
            return False
        reading = self._synonyms.resolve(hard)
        if reading.sayings or reading.words != (hard[0],) or not _LINKS.isdisjoint(tokens):
            return False
        parts = self.index.split.both_known(hard[0])
        tails = basic_forms(parts[1]) if parts is not None else (hard[0],)  # a cake of marsipan
        if parts is not None and self._synonyms.vague((parts[1],)) is not None:
            return False  # "reinkjøtt" may be any meat of it
        return not any(
            word.endswith(tails) for each in found.candidates for word in self._entry(each).words
        )

    def _pack_said(self, words: Words, phrase: str, history: History) -> Match | None:
        """ "Hundre kaffefilter": the pack of a hundred, when the shop has one."""
        size = _pack_count(phrase)
        if size is None or words.sizes:
            return None
        found = self._reader.match(replace(words, sizes=frozenset((size,))), history, None)
        if not isinstance(found, Certain) or found.candidate.score < SURE_SCORE:
            return None
        entry = self.index.entries[self._numbers[found.candidate.product.product_id]]
        return found if size in entry.sizes else None

    def _in_size(self, found: Match, words: Words, history: History, amount: Amount) -> Match:
        """What was found, or the ware in the size that the amount names, when only that one has it.

        A size that no pack makes up is asked about, unless what there is comes near: that is said.
        """
        if isinstance(found, Unknown):
            return found
        if amount.value == _HALF and amount.unit == "":
            tokens = ("halv", *words.tokens)
            half = self._reader.match(replace(words, tokens=tokens), history, None)
            if isinstance(half, Certain) and (
                "halv" in self._entry(half.candidate).words or self._synonyms.resolve(tokens).whole
            ):
                return half  # "halv agurk" is a ware of its own
        facts = pack_facts(amount)
        if not facts:
            return found
        if isinstance(found, Choice):
            found = self._options_in_size(found, facts)
        lone = found.candidate.product if isinstance(found, Certain) else None
        siblings: tuple[Product, ...] = ()
        if lone is not None:
            siblings = self._packs.siblings(lone, self._numbers[lone.product_id])
            plain = self._reader.understand(words, history, None)
            usual = plain.candidate.product if isinstance(plain, Certain) else lone
            filling = filled_by(lone, siblings, usual, amount)
            if filling is not None:
                pack = replace(found.candidates[0], product=filling)
                return found if filling is lone else Certain(pack, "size", (pack,))
        near = lone is not None and is_near(lone, siblings, amount)
        exact = near and lone is not None and plan(lone, amount, siblings).exact
        close = exact or (near and amount.unit in ("l", "kg"))
        for fact in facts:
            # What comes near is meant rather than a special kind that happens to have the size.
            sized = self._sized(words, fact, history, MARGIN if close else MUCH_UNSAID)
            if sized is not None:
                return sized
        if near or lone is None or len(siblings) < 2 or amount.abbreviated:
            return found
        sizes = sorted(siblings, key=lambda each: each is not lone)[:MAX_OPTIONS]
        return Choice(tuple(Candidate(each, found.candidates[0].score) for each in sizes), "size")

    def _as_said(
        self, found: Match, words: Words, facts: Sequence[SizeFact], amount: Amount | None
    ) -> Match:
        """What was found, or a question when another such ware has just the size that was said.

        "Biffstrimler 350 gram" are rather Gilde's of 350 g than a packet of 100 g.
        """
        if not isinstance(found, Certain) or found.reason == "history" or not facts:
            return found
        taken = self._entry(found.candidate)
        product = found.candidate.product
        if product.unit == "kg" or any(fact in taken.sizes for fact in facts):
            return found
        measured = [fact for fact in facts if fact[0] != "stk"]
        if amount is not None and plan(product, amount, self._siblings(product)).exact:
            return found
        if amount is None and all(_makes_up(product, fact) for fact in measured or facts):
            return found
        plain = replace(words, sizes=frozenset())
        having = [
            each
            for each in (*self._ranker.ranked(plain)[0], *self._ranker.as_said(plain))
            if not each.missing
            and (each.has_head or each.opened)
            and each.weakest >= _SURELY_SAID
            and each.score > ASKING_SCORE
            and any(fact in each.entry.sizes for fact in facts)
        ]
        if _is_about(product, facts):
            # "halvkilo jarlsberg": the piece of 450 g, rather than half a kilo of a special kind
            own = next((e for e in self._ranker.ranked(plain)[0] if e.entry is taken), None)
            least = own.left if own is not None else 0.0
            having = [each for each in having if each.left - least <= MARGIN]
        if not having:
            return found
        return Choice((*candidates(having)[: MAX_OPTIONS - 1], found.candidate), "size")

    def _siblings(self, product: Product) -> tuple[Product, ...]:
        return self._packs.siblings(product, self._numbers[product.product_id])

    def _among_sizes(self, found: Certain, words: Words) -> Certain | Choice:
        """What was found, or a question when "stor" or "liten" fits another brand's pack better."""
        big, small = not BIG.isdisjoint(words.tokens), not SMALL.isdisjoint(words.tokens)
        taken = self._entry(found.candidate)
        if found.reason == "history" or words.sizes or big == small:
            return found
        if not (BIG | SMALL).isdisjoint(read_words(taken.product.name).tokens):
            return found  # it is called so
        alike = [
            each
            for each in self._ranker.ranked(words)[0]
            if not each.missing and plain_kind(each.entry) == plain_kind(taken)
        ]
        better = beyond(taken, alike, big)
        if not better:
            return found
        return Choice((*candidates(better[: MAX_OPTIONS - 1]), found.candidate), "size")

    def _options_in_size(self, found: Choice, facts: Sequence[SizeFact]) -> Choice:
        """The same options, each in the size that was said where it has one."""
        options: list[Candidate] = []
        for each in found.candidates:
            product = each.product
            siblings = self._packs.siblings(product, self._numbers[product.product_id])
            having = [
                sibling
                for fact in facts
                for sibling in siblings
                if fact in self.index.entries[self._numbers[sibling.product_id]].sizes
            ]
            if product not in having and having:
                each = replace(each, product=having[0])
            if each.product not in [option.product for option in options]:
                options.append(each)
        return replace(found, candidates=tuple(options))

    def _sized(
        self, words: Words, fact: SizeFact, history: History, most: float
    ) -> Certain | Choice | None:
        """The ware in the one size, whatever its brand; None when no pack of it has that size.

        `most` is how much more than the plainest such ware it may say.
        """
        plain = self._ranker.ranked(words)[0]
        found = self._reader.match(replace(words, sizes=words.sizes | {fact}), history, None)
        if isinstance(found, Unknown):
            return None
        least = max(SURE_SCORE, found.candidates[0].score - MARGIN)
        if plain:
            least = max(least, min(plain[0].score, 100.0) + BONUS_SIZE - most)
        having = tuple(
            each
            for each in found.candidates
            if each.score >= least and fact in self._entry(each).sizes
        )
        if isinstance(found, Certain) and found.candidate in having:
            return found
        if len(having) == 1:
            return Certain(having[0], "size", having)
        return replace(found, candidates=having) if having and isinstance(found, Choice) else None

    def _entry(self, candidate: Candidate) -> Entry:
        return self.index.entries[self._numbers[candidate.product.product_id]]


#: A pack is about as big as was said when it differs by no more of it.
_ABOUT = Decimal("0.15")


def _is_about(product: Product, facts: Sequence[SizeFact]) -> bool:
    """Whether a pack has about one of the sizes."""
    content = product.content
    return content is not None and any(
        content.unit == unit and abs(content.amount - size) <= _ABOUT * size for unit, size in facts
    )


def _makes_up(product: Product, fact: SizeFact) -> bool:
    """Whether whole packs make up a size: two litres from packs of one."""
    content = product.content
    if content is None or content.unit != fact[0]:
        return False
    return fact[1] % content.amount == 0 and fact[1] == fact[1].to_integral_value()


#: A ware is offered for its size only where every word of it was surely said.
_SURELY_SAID = 0.95
#: Reasons that rest on words alone, not on what the person buys or on what people call a ware.
_BY_SCORE = frozenset(("margin", "only", "brand", "size", "exact"))


def _describes(tokens: Sequence[str]) -> bool:
    """Whether only adjectives were said."""
    hard = [word for word in tokens if word not in SOFT]
    return bool(hard) and all(word in DESCRIBING and word not in WARES for word in hard)


def _best_score(fit: Sequence[Scored]) -> float:
    return fit[0].score if fit else float("-inf")


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


def _says_only_size(tokens: Sequence[str]) -> bool:
    """Whether nothing but a size and a pack is named: "mindre pakke"."""
    sized = any(word in BIG or word in SMALL or word in _SMALLER for word in tokens)
    return sized and all(
        word in SOFT or word in BIG or word in SMALL or word in _SMALLER for word in tokens
    )


def _pack_count(phrase: str) -> SizeFact | None:
    """The number that a phrase begins with, when it may be what is in one pack."""
    number = read_number(read_words(phrase[:400]).tokens[:4])
    if number is None or number[0] < _FEWEST_IN_PACK:
        return None
    return "stk", number[0].quantize(Decimal(1))


def _without_count(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Leaves out a number at the start that counts packs ("to kneippbrød", "3 melk")."""
    if len(tokens) < 2:
        return tokens
    number = read_number(tokens[:4])
    if number is None or number[1] >= len(tokens) or tokens[number[1] - 1].startswith("halv"):
        return tokens
    return tokens[number[1] :]
