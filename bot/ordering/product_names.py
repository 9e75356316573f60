"""A product's name read: where its words come from, and which one says what it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot.ordering.catalogue import Product
from bot.ordering.compounds import Splitter
from bot.ordering.lemmas import basic_forms
from bot.ordering.phrase import SOFT, SizeFact, read_words, split_name
from bot.ordering.ware_words import ADJUNCT, MINOR, PRESERVED, is_adjective

BRAND_IS_HEAD = -1
#: A word that is worth no more than this says of what kind a ware is, not what it is.
_NO_WARE = 0.2


@dataclass(frozen=True, slots=True)
class Name:
    """A product's words by where they come from."""

    product: Product
    brand: tuple[str, ...]  # words of the brand that are not in the name
    brand_words: tuple[str, ...]
    tokens: tuple[str, ...]
    sizes: frozenset[SizeFact]
    pack: tuple[str, ...]  # words of the size: "1 potte"
    category: tuple[str, ...]


def read_name(product: Product) -> Name:
    """Returns the words and sizes of a product."""
    name = read_words(split_name(product.name))
    brand = read_words(product.brand).tokens
    size = read_words(product.size)
    sizes = set(name.sizes | size.sizes)
    content = product.content
    if content is not None:
        sizes.add((content.unit, content.amount))
        if content.pieces > 1:
            sizes.add(("stk", Decimal(content.pieces)))
            sizes.add((content.unit, content.amount / content.pieces))
    tokens = name.tokens or (product.name.casefold(),)
    return Name(
        product=product,
        brand=tuple(word for word in brand if word not in tokens),
        brand_words=brand,
        tokens=tokens[:24],
        sizes=frozenset(sizes),
        pack=tuple(word for word in size.tokens if word not in tokens)[:6],
        category=tuple(word for word in read_words(product.category).tokens if word not in SOFT),
    )


def usual_words(names: Iterable[Name], split: Splitter) -> Counter[tuple[str, str]]:
    """How many products of a category have a word (or a tail): what the category is made of."""
    usual: Counter[tuple[str, str]] = Counter()
    for name in names:
        category = name.product.category
        for word in set(name.tokens):
            for each in _kinds(word, split):
                usual[category, each] += 1
    return usual


def _kinds(word: str, split: Splitter) -> set[str]:
    kinds = set(basic_forms(word)[:3])
    parts = split(word)
    if parts:
        kinds.update(basic_forms(parts[1])[:3])
    return kinds


def head_place(
    name: Name,
    usual: Counter[tuple[str, str]],
    homes: dict[str, set[str]],
    split: Splitter,
) -> int:
    """Which word says what the ware is: the one that most of its department shares.

    "Yoghurt Jordbær" is a yoghurt because its department is full of yoghurts; "Grove Pølsebrød" a
    bread. Words after "med", "i" and the like only say what is in it. Among equals the last word
    wins, as in Norwegian compounds; brands, numbers and adjectives come last.
    """
    category = name.product.category
    own = {form for word in name.category for form in basic_forms(word)}
    best, best_value = 0, -1.0
    cut = False
    for at, word in enumerate(name.tokens):
        if word in ADJUNCT and at:
            cut = True
        if word in SOFT or word[0].isdigit() or len(word) < 2:
            continue
        kinds = _kinds(word, split)
        value = float(max(usual[category, kind] for kind in kinds))
        if kinds & own:
            value = value * 3 + 20
        if word in name.brand_words:
            value = 0.1
        elif word in MINOR:
            value = 0.05
        elif is_adjective(word):
            value = _NO_WARE
        elif is_at_home_elsewhere(name, word, homes):
            value = 0.3  # the blåbær of "Skyr blåbær"
        if cut:
            value *= 0.05
        if value >= best_value:
            best, best_value = at, value
    brand = [at for at, word in enumerate(name.tokens) if word in name.brand_words]
    if brand and best_value <= _NO_WARE and is_adjective(name.tokens[best]):
        return brand[-1]  # "Coca-Cola uten sukker"
    return best


def opening(name: Name, homes: dict[str, set[str]]) -> int:
    """The place of the word that a name begins with, -1 when that says only brand or kind.

    Shelf names begin with the ware ("Tanntråd easyslide fresh") as often as they end with it.
    """
    for at, word in enumerate(name.tokens):
        if word in name.brand_words or word in SOFT:
            continue
        if word in ADJUNCT or word[0].isdigit() or is_adjective(word) or len(word) < 3:
            return -1
        return -1 if is_at_home_elsewhere(name, word, homes) else at
    return -1


def homes_of(names: Iterable[Name]) -> dict[str, set[str]]:
    """Words that are by themselves the name of a ware without a brand: in which departments."""
    homes: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name.tokens) == 1 and not name.brand_words:
            for form in basic_forms(name.tokens[0]):
                homes[form].add(name.product.category)
    return homes


def is_at_home_elsewhere(name: Name, word: str, homes: dict[str, set[str]]) -> bool:
    """Whether a word of the name is a flavour: by itself it is a ware of another department.

    Frozen, dried and tinned fruit is fruit in another department, so those words rule it out.
    """
    if any(form in PRESERVED for each in name.tokens for form in basic_forms(each)):
        return False
    category = name.product.category
    found = [homes[form] for form in basic_forms(word) if form in homes]
    return bool(found) and not any(category in each for each in found)
