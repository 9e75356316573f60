"""What the talk needs to know of the shop: the assortment, and how a phrase finds a product."""

from collections import defaultdict
from collections.abc import Container, Sequence
from itertools import pairwise

from bot.ordering.basket import Basket
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.essence import Strike, Striking, strike_nothing
from bot.ordering.lemmas import basic_forms
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.matcher import (
    Candidate,
    Certain,
    Choice,
    History,
    Match,
    Matcher,
    Unknown,
)
from bot.ordering.phrase import SOFT, read_words
from bot.ordering.pronunciation import Pronounce
from bot.ordering.request import parse
from bot.ordering.synonyms import Synonyms
from bot.ordering.vocabulary import ProductVocabulary
from bot.ordering.ware_words import is_adjective

NO_HISTORY = History()
#: How well a ware fits that is only of the kind that was named.
KIND_SCORE = 60.0


class Shop:
    """The catalogue with its index; built once, read by every talk."""

    def __init__(
        self,
        catalogue: Catalogue,
        synonyms: Synonyms,
        pronounce: Pronounce | None = None,
        words: Container[str] = (),
        striking: Striking | None = None,
    ) -> None:
        """`words` are those of the language, and `striking` says what of a turn is only told."""
        self.catalogue = catalogue
        self.synonyms = synonyms
        self.matcher = Matcher(catalogue, synonyms, pronounce, words)
        self.vocabulary = ProductVocabulary(catalogue, synonyms, self.matcher.index)
        self.strike: Strike = striking(self.vocabulary) if striking else strike_nothing
        self._same_ware: dict[tuple[str, str], list[Product]] = defaultdict(list)
        for product in catalogue:
            self._same_ware[_ware(product)].append(product)

    def siblings(self, product: Product) -> Sequence[Product]:
        """The same ware of the same brand in all its pack sizes, `product` included."""
        return self._same_ware[_ware(product)]

    def find(self, phrase: str, history: History = NO_HISTORY) -> Match:
        """The product that a whole phrase means, an amount in it included ("seks egg")."""
        request = parse(phrase, self.vocabulary)
        line = request.lines[0] if len(request.lines) == 1 else None
        if line is None or not line.phrase or request.unaccounted:
            return self.matcher.match(phrase, history)
        said = [word for word in read_words(phrase).tokens if word not in SOFT]
        kept = read_words(line.phrase).tokens
        lost = any(word not in kept for word in said) or self._is_half(phrase, kept)
        if line.amount is None and lost:
            # "lever posten": what is chatter in a talk may be half of a name here.
            whole = self.matcher.match_whole(phrase, history)
            if whole is not None:
                return whole
        return self.matcher.match(line.phrase, history, line.amount)

    def _is_half(self, phrase: str, kept: tuple[str, ...]) -> bool:
        """Whether a word that was left out is half of a ware's name: "vår løk"."""
        tokens = read_words(phrase).tokens
        return any(
            (one not in kept or other not in kept) and self.matcher.index.is_word(one + other)
            for one, other in pairwise(tokens)
        )

    def in_basket(self, phrase: str, basket: Basket) -> Match:
        """Find the basket line that `phrase` names: only what lies in the basket can be meant."""
        held = [line.product_id for line in basket.lines]
        match = self.matcher.match_held(phrase, held)
        if not isinstance(match, Unknown) or not held:
            return match
        meant = self.matcher.match(phrase)
        named = [each for each in meant.candidates if each.product.product_id in held]
        if named and not isinstance(meant, Unknown):
            # "det fine brødet" for a loff: what people call it in the shop.
            return _one_of(named)
        plain = " ".join(word for word in phrase.split() if not is_adjective(word.casefold()))
        if plain and plain != phrase:
            # "den lyse loffen", and there is one loff: is it the one?
            again = self.matcher.match_held(plain, held)
            if not isinstance(again, Unknown):
                return Choice(again.candidates[:MAX_OPTIONS], "close")
        # "osten" for a Norvegia: what the basket holds of all that is called so, by name or kind.
        alike = {each.product_id for each in self.matcher.all_like(phrase)}
        forms = basic_forms(phrase.casefold().split()[-1]) if phrase.split() else ()
        kind = [
            Candidate(product, KIND_SCORE)
            for pid in held
            if (product := self.catalogue.get(pid)) is not None
            and (pid in alike or any(_in_department(form, product.category) for form in forms))
        ]
        return _one_of(kind) if kind else match


def _one_of(found: Sequence[Candidate]) -> Certain | Choice:
    """The lone one, or a choice of at most three."""
    candidates = tuple(found[:MAX_OPTIONS])
    if len(found) == 1:
        return Certain(candidates[0], "only", candidates)
    return Choice(candidates, "close")


def _in_department(form: str, department: str) -> bool:
    """Whether a word is the department's name or the end of one of its words ("ost": Gulost)."""
    words = department.casefold().replace(",", " ").split()
    return len(form) > 2 and any(word.endswith(form) for word in words)


def _ware(product: Product) -> tuple[str, str]:
    return product.brand.casefold(), product.name.casefold()
