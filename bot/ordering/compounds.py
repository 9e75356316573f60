"""Norwegian compounds: "melkesjokolade" is a sjokolade, and the melk in it only says which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from bot.ordering.lemmas import basic_forms, word_set

#: Wares so short that a rule on length would not let them stand at the end of a compound.
SHORT_TAILS = frozenset(("is", "te", "øl"))
#: Endings that look like a ware and are not one.
#: Words whose end only looks like a ware: pålegg has nothing to do with egg.
_FALSE_COMPOUNDS = (
    "legg", "kost", "frost", "post", "toast", "frukost", "rost", "posten", "koriander", "avlang",
    "kompost",
)  # fmt: skip

_FALSE_TAILS = word_set(
    """
    kost rost post lig ing ert isk ell ist ene ane ske ner ter ser ler ber der ger ker mer per
    ver ner sen ten len den gen nen ren ven ede ete ige ine ita ina ett
    """
)
#: Wares that end compounds at every grocer's; a basket of three things is a shop too.
_WARES = word_set(
    """
    melk brød ost kaffe juice saft suppe saus kjøtt deig kake kaker pølse pølser fisk filet smør
    fløte rømme syltetøy yoghurt sjokolade mel gryn sukker salt salat postei skinke papir såpe
    krem pulver brus vann olje eddik pizza bolle boller kjeks grøt pudding potet poteter løk kål
    eple epler bær nøtter egg ris pasta sennep ketchup majones dressing margarin honning chips
    drops pastiller børste bleier bind poser rull batteri batterier lys krydder buljong sild
    makrell laks torsk reker kylling koteletter biff gryte farse pålegg lefse lefser lomper
    rundstykker loff juice nektar druer tomat tomater agurk paprika bønner erter mais svisker
    """
)
#: What wares are cut or made into.
_FORMS = word_set("plate plater")
_MIN_TAIL = 3
_MIN_COMPOUND = 5
#: A tail after an unknown front ("gudbrandsdals-ost") must end this many words of the shop.
_PRODUCTIVE = 4


def linked(front: str) -> Iterator[str]:
    """A front without its linking letter: "melke" -> "melke", "melk"; "bords" -> "bord"."""
    yield front
    if len(front) > (4 if front[-1:] == "s" else 3) and front[-1] in "se":
        yield front[:-1]


class Splitter:
    """Takes compounds apart with the words that the shop has."""

    def __init__(self, words: Iterable[str]) -> None:
        """Takes all words of the shop, in lower case."""
        self._words = frozenset(words)
        self._known: set[str] = {*_WARES, *_FORMS}
        for word in self._words:
            if len(word) > 2 or word in SHORT_TAILS:
                self._known.update(basic_forms(word))
        ends: Counter[str] = Counter()
        for word in self._words:
            for at in range(2, len(word) - _MIN_TAIL + 1):
                if word[at:] in self._words:
                    ends[word[at:]] += 1
        self._productive = _WARES | {
            end for end, count in ends.items() if count >= _PRODUCTIVE and end.isalpha()
        }

    def __call__(self, word: str) -> tuple[str, str] | None:
        """Front and tail of a compound, or None. A known front is preferred, then a long tail."""
        return self._split(word)

    @lru_cache(maxsize=65536)  # noqa: B019 (one splitter lives as long as the shop)
    def _split(self, word: str) -> tuple[str, str] | None:
        if len(word) < _MIN_COMPOUND or not word.isalpha():
            return None
        weak: tuple[str, str] | None = None
        for at in range(2, len(word) - 1):
            front, tail = word[:at], word[at:]
            if not self._is_tail(tail):
                continue
            if any(word.endswith(end) and len(tail) < len(end) for end in _FALSE_COMPOUNDS):
                continue
            if self._is_front(front):
                return front, tail
            if (
                weak is None
                and len(front) > 2
                and (
                    tail in self._productive
                    or (tail == "øl" and len(front) > 3)
                    or (
                        len(tail) > 4
                        and any(form in self._productive for form in basic_forms(tail))
                    )
                )
            ):
                weak = front, tail
        return weak

    def both_known(self, word: str) -> tuple[str, str] | None:
        """Like a call, but only when the shop knows the front too."""
        parts = self._split(word)
        return parts if parts and self._is_front(parts[0]) else None

    def _is_tail(self, tail: str) -> bool:
        if tail in _FALSE_TAILS or (len(tail) < _MIN_TAIL and tail not in SHORT_TAILS):
            return False
        return _meets(basic_forms(tail), self._known)

    def _is_front(self, front: str) -> bool:
        return any(
            (len(form) > 2 or form in SHORT_TAILS) and form in self._known for form in linked(front)
        )


def _meets(some: Iterable[str], others: Collection[str]) -> bool:
    return any(each in others for each in some)
