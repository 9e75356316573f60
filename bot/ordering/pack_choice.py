"""Which pack size of one ware is meant, when several are sold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.ordering.catalogue import Product
from bot.ordering.entries import Entry
from bot.ordering.index import Index
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.packs import plan
from bot.ordering.phrase import BIG, SMALL, SizeFact, Words
from bot.ordering.weighing import Scored

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

#: Ware and brand.
Kind = tuple[frozenset[str], tuple[str, ...]]

#: The pack that "one" of a ware usually is, by the word that says what it is.
_STANDARD: tuple[tuple[str, tuple[SizeFact, ...]], ...] = tuple(
    (ware, tuple((unit, Decimal(amount)) for unit, amount in sizes))
    for ware, sizes in (
        ("melk", (("l", "1"), ("l", "1.75"))),
        ("juice", (("l", "1"),)),
        ("fløte", (("l", "0.3"), ("l", "0.33"), ("l", "0.5"))),
        ("rømme", (("kg", "0.3"), ("l", "0.3"))),
        ("kjøttdeig", (("kg", "0.4"),)),
        ("karbonadedeig", (("kg", "0.4"),)),
        ("mel", (("kg", "2"), ("kg", "1"))),
        ("sukker", (("kg", "1"),)),
        ("salt", (("kg", "1"),)),
        ("egg", (("stk", "12"),)),
        ("smør", (("kg", "0.5"),)),
        ("margarin", (("kg", "0.5"), ("kg", "0.54"))),
        ("ris", (("kg", "1"),)),
        ("havregryn", (("kg", "1.1"), ("kg", "1"), ("kg", "0.75"))),
        ("spaghetti", (("kg", "1"), ("kg", "0.5"))),
        ("makaroni", (("kg", "1"), ("kg", "0.5"))),
        ("kaffe", (("kg", "0.25"), ("kg", "0.5"))),
        ("gulost", (("kg", "1"), ("kg", "0.5"))),
        ("norvegia", (("kg", "1"), ("kg", "0.5"))),
        ("brunost", (("kg", "0.5"), ("kg", "1"))),
        ("cola", (("l", "1.5"),)),
        ("brus", (("l", "1.5"),)),
        ("solo", (("l", "1.5"),)),
        ("pepsi", (("l", "1.5"),)),
        ("poteter", (("kg", "2"), ("kg", "1"))),
        ("gulrøtter", (("kg", "1"), ("kg", "0.75"))),
    )
)

#: A pack is bigger than another when it is so many times as big.
_CLEARLY = Decimal("1.2")


class PackChooser:
    """Chooses between the sizes of one ware of one brand."""

    def __init__(self, index: Index) -> None:
        """Counts which sizes the brands of a ware have in common."""
        self._index = index
        self._members: dict[Kind, list[int]] = defaultdict(list)
        for number, entry in enumerate(index.entries):
            self._members[key_of(entry)].append(number)
        self._sizes = self._size_counts()

    def choose(
        self,
        members: Sequence[Scored],
        words: Words,
        amount: Amount | None,
        standard: Scored | None = None,
    ) -> Scored | None:
        """Which size of one ware is meant, None when that must be asked."""
        top = max(each.score for each in members)
        members = [each for each in members if top - each.score < 0.2] or members
        by_id = {each.entry.product.product_id: each for each in members}
        sizes = {each.entry.product.size.casefold() for each in by_id.values()}
        if len(sizes) == 1:
            return standard or members[0]
        by_content = sorted(
            (each for each in by_id.values() if each.entry.product.content is not None),
            key=_bigness,
        )
        by_content = _in_said_pack(by_content, words, amount)
        said = set(words.tokens)
        if by_content and said & BIG:
            # "den store colaen" is the big bottle, not six of them.
            single = [each for each in by_content if _unit(each) != "l" or _pieces(each) == 1]
            return (single if single and "storpakning" not in said else by_content)[-1]
        if by_content and said & SMALL:
            return by_content[0]
        if words.sizes:
            fitting = [each for each in members if words.sizes <= each.entry.sizes]
            if fitting:
                return fitting[0]
        usual = standard or _standard(members) or self._common(list(by_id.values()))
        if amount is not None and (amount.unit in ("l", "kg") or amount.pack_pieces):
            for each in members:
                content = each.entry.product.content
                if content is not None and (content.unit, content.amount) == (
                    amount.unit,
                    abs(amount.value),
                ):
                    return each  # "et kilo norvegia" is the one-kilo piece, not two halves
            first = usual or members[0]
            chosen = plan(
                first.entry.product, amount, [each.entry.product for each in by_id.values()]
            )
            if chosen.exact or usual is not None:
                return by_id[chosen.product.product_id]
            return None
        if amount is not None and amount.unit in ("", "stk") and amount.value > 1:
            pieces = [each for each in by_id.values() if ("stk", amount.value) in each.entry.sizes]
            if pieces:
                return pieces[0]
        return usual

    def extreme(self, members: Sequence[Scored], words: Words) -> Scored | None:
        """The biggest or smallest pack of one ware, whatever its brand, when that was said."""
        said = set(words.tokens)
        with_content = [each for each in members if each.entry.product.content is not None]
        if not with_content or not said & (BIG | SMALL):
            return None
        by_size = sorted(with_content, key=lambda each: (*_bigness(each), -each.number))
        return by_size[-1] if said & BIG else by_size[0]

    def ordinary(self, members: Sequence[Scored]) -> Scored:
        """The most ordinary size of one ware: the middle one of single packs.

        Of two the smaller one: too little is mended with one word more.
        """
        packed = [each for each in members if each.entry.product.unit != "kg"] or list(members)
        single = [each for each in packed if _pieces(each) == 1] or packed
        by_amount = sorted(single, key=lambda each: (_amount(each), each.number))
        return by_amount[(len(by_amount) - 1) // 2]

    def sibling(self, found: Sequence[Scored], words: Words, amount: Amount | None) -> Scored:
        """The first of a target's products, or its sibling that the amount asks for."""
        first = found[0]
        entries = self._index.entries
        siblings = [
            first._replace(number=number, entry=entries[number])
            for number in self._members[kind_of(first)]
        ]
        return self.choose(siblings, words, amount, standard=first) or first

    def siblings(self, product: Product, number: int) -> tuple[Product, ...]:
        """The same ware of the same brand in all its sizes, `product` (entry `number`) included."""
        entry = self._index.entries[number]
        found = [self._index.entries[each].product for each in self._members[key_of(entry)]]
        return (product, *(each for each in found if each.product_id != product.product_id))

    def _common(self, members: Sequence[Scored]) -> Scored | None:
        """The size that most brands of this ware have; a single one before a multipack of it."""
        single = [each for each in members if _pieces(each) == 1]
        if len(single) == 1 and all(
            each is single[0] or _unit_size(each) == _unit_size(single[0]) for each in members
        ):
            return single[0]
        if any(_unit(each) == "stk" for each in members):
            return None
        counts = [self._sizes[_plain_ware(each.entry), _unit_size(each)] for each in members]
        most = max(counts)
        if most > 1 and counts.count(most) == 1:
            return members[counts.index(most)]
        return None

    def _size_counts(self) -> Counter[tuple[tuple[str, ...], SizeFact | None]]:
        """How many brands sell a ware in a size."""
        seen = set()
        for entry in self._index.entries:
            content = entry.product.content
            if content is not None:
                size = (content.unit, content.amount / content.pieces)
                seen.add((_plain_ware(entry), size, entry.brand))
        return Counter((ware, size) for ware, size, _ in seen)


#: What is said of a pack, and how packs of another sort are marked in a size.
_OTHER_PACKS = {"flaske": "boks", "flaska": "boks", "flasken": "boks", "boks": "flaske"}


def _in_said_pack(members: list[Scored], words: Words, amount: Amount | None) -> list[Scored]:
    """The members in the pack that was said: "lita flaske solo" is no can."""
    said = {*words.tokens, amount.unit if amount is not None else ""}
    others = {_OTHER_PACKS[word] for word in said & _OTHER_PACKS.keys()}
    fit = [
        each
        for each in members
        if not any(other in each.entry.product.size.casefold() for other in others)
    ]
    return fit or members


def kind_of(each: Scored) -> Kind:
    """Ware and brand: what is left to choose within one kind is the size."""
    return key_of(each.entry)


def key_of(entry: Entry) -> Kind:
    """`kind_of` an entry."""
    return entry.kind, entry.brand


def fills(best: Scored, words: Words) -> bool:
    """Whether whole packs make up every size that was said ("to liter" from one-litre packs)."""
    product = best.entry.product
    content = product.content
    for unit, amount in words.sizes:
        if (unit, amount) in best.entry.sizes or (product.unit == "kg" and unit == "kg"):
            continue
        if content is None or content.unit != unit or amount % content.amount != 0:
            return False
        if amount != amount.to_integral_value():
            return False
    return True


def spread(group: Sequence[Scored]) -> list[Scored]:
    """Up to three different sizes of one ware, in the order of their scores."""
    seen: set[str] = set()
    out: list[Scored] = []
    for each in group:
        size = each.entry.product.size.casefold()
        if size not in seen:
            seen.add(size)
            out.append(each)
    return out[:MAX_OPTIONS]


def beyond(taken: Entry, others: Sequence[Scored], big: bool) -> list[Scored]:
    """The packs that are clearly bigger than one (or smaller), the most so first."""
    content = taken.product.content
    if content is None or (content.unit == "l" and content.pieces > 1):
        return []
    least = _size_of(taken)
    found = []
    for each in others:
        own = each.entry.product.content
        if own is None or own.unit != content.unit or (own.unit == "l" and own.pieces > 1):
            continue
        size = _size_of(each.entry)
        if (size[0] > least[0] * _CLEARLY) if big else (size[0] * _CLEARLY < least[0]):
            found.append(each)
    return sorted(found, key=lambda each: _size_of(each.entry), reverse=big)


def _bigness(each: Scored) -> tuple[Decimal, Decimal]:
    return _size_of(each.entry)


def _size_of(entry: Entry) -> tuple[Decimal, Decimal]:
    """How big a pack is: bags of four litres are bigger than bags of one, however few they are."""
    content = entry.product.content
    amount = content.amount if content is not None else Decimal(0)
    if content is None or content.unit != "stk":
        return amount, amount
    measures = [value for unit, value in entry.sizes if unit != "stk"]
    return max(measures, default=amount), amount


def _plain_ware(entry: Entry) -> tuple[str, ...]:
    """The ware without its fat content, in which brands differ a little."""
    return tuple(word for word in entry.ware if "%" not in word)


def _standard(members: Sequence[Scored]) -> Scored | None:
    """The size that people mean when they say none, for wares where nearly all mean the same."""
    for ware, sizes in _STANDARD:
        entry = members[0].entry
        if any(word.endswith(ware) for word in (*entry.ware, *entry.category)):
            for size in sizes:
                for each in members:
                    content = each.entry.product.content
                    if content is not None and (content.unit, content.amount) == size:
                        return each
    return None


def _pieces(each: Scored) -> int:
    content = each.entry.product.content
    return content.pieces if content is not None else 1


def _amount(each: Scored) -> Decimal:
    content = each.entry.product.content
    return content.amount if content is not None else Decimal(0)


def _unit(each: Scored) -> str:
    content = each.entry.product.content
    return content.unit if content is not None else ""


def _unit_size(each: Scored) -> SizeFact | None:
    """The size of one piece: a four-pack of 0.33 l cans has 0.33 l."""
    content = each.entry.product.content
    return (content.unit, content.amount / content.pieces) if content is not None else None
