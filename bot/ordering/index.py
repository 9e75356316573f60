"""The inverted index of a catalogue: from a word, however it is spelled, to the products with it.

A product is a row of places, one for each word of its brand and name. A place has two halves,
because a compound can be explained by halves: "melk" explains the tail of "lettmelk", and what is
left over (the front, "lett") costs something. Which places and halves are explained is kept as bits
of an integer: bit 2p is the front of place p, bit 2p+1 its tail. Each bit has a price, which is
what a product loses when the person did not say that part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz.distance import OSA, JaroWinkler

from bot.ordering.catalogue import Product
from bot.ordering.compounds import SHORT_TAILS, Splitter, linked
from bot.ordering.lemmas import basic_forms, sound, without_marks, word_set
from bot.ordering.phrase import SOFT, SizeFact, read_words, split_name
from bot.ordering.pronunciation import Pronounce, likeness, rough

#: Kinds of a ware that a person says when they want them; unsaid they count against a product.
MARKED = word_set(
    """
    økologisk laktosefri laktoseredusert glutenfri sukkerfri usaltet koffeinfri alkoholfri
    melkefri light lettere zero max vegan vegansk vegetar plantebasert protein proteinrik
    langtidsholdbar mini xl xxl baby barn junior diabetes lavkarbo fettfri eggfri nøttefri
    halal rå røkt gravet krydret marinert chili jalapeno hvitløk urter sitron pesto panert
    hermetisk tørket syrnet kondensert valp kattunge dekaf decaf
    """
)
#: Words of a product that nobody says and nobody misses.
MINOR = word_set(
    """
    malt filtermalt kullsyre skorpefri løsvekt nett kurv original originale classic klassisk
    klassiske naturell norsk norge norske ca cirka pk pakning storpakk familiepakning kg g l
    stk boks pose beger glass tube flaske kartong gårdsfrisk fett pant kvalitet klasse danmark
    spania italia sverige nederland tyskland marokko chile brasil peru colombia guatemala
    costarica israel polen frankrike basis god vanlig enkel førsteklasses nybakt sprø utvalgte
    prima hverdag
    """
)
#: With or without one of these it is the same ware.
_SAME_WARE = word_set(
    """
    original originale classic klassisk klassiske løsvekt nett kurv skorpefri pk pakning storpakk
    familiepakning ca cirka kvalitet klasse
    """
)
#: Sauerkraut in a tin is another ware than in a bag.
_PACKED = word_set("boks glass tube flaske")
#: After one of these the name says what is in the ware, not what it is.
_ADJUNCT = word_set(
    """
    med m i uten u av på til fra à & og som for
    """
)

_WITHOUT = frozenset(("uten", "u"))
_AND = frozenset(("og", "&"))
#: Tails that only say how a ware is cut or what form it has.
_CUTS = word_set(
    """
    filet fileter pulver kjerner kjerne biter skiver stykker terninger flak granulat blad blader
    plater
    """
)

#: Tails of what is only cut so: "makrellfilet" is makrell.
_PIECES = word_set("filet fileter stykker biter skiver terninger")

#: Chains' own brands: who wants one says so, and nobody gets one who did not.
_STORE_BRANDS = tuple(
    frozenset(brand.split())
    for brand in (
        "first price",
        "eldorado",
        "folkets",
        "unik",
        "spar",
        "jacobs",
        "rema 1000",
        "xtra",
        "x tra",
        "coop",
        "prima",
        "landlord",
        "gartner",
        "go eco",
        "lillego",
        "fiskemannen",
        "euroshopper",
        "änglamark",
        "seidel",
    )
)

COST_HEAD = 34.0
COST_FRONT = 6.0
COST_WORD = 6.0
COST_MARKED = 12.0
COST_ADJUNCT = 5.0
COST_BRAND = 1.0
COST_MINOR = 0.7
COST_NUMBER = 0.5
#: Sliced or frozen: people mostly mean the other one, but not always.
COST_STATE = 5.0
COST_SOFT = 0.3
#: "uten fruktkjøtt" is another ware than "fruktkjøtt"; more than an ordinary word.
COST_WITHOUT = 4.0

#: How well the name of a product's department explains a word that was said.
CATEGORY_SURE = 0.9

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

_STATES: dict[str, float] = {
    "skivet": COST_STATE,
    "skiver": COST_STATE,
    "oppskåret": COST_STATE,
    "skåret": COST_STATE,
    "oppdelt": COST_STATE,
    "halv": COST_STATE,
    "fersk": 2.5,
    "frossen": 5.5,
}

#: English words on Norwegian packs, as people say them.
_IN_NORWEGIAN = {
    "red": "rød", "white": "hvit", "blue": "blå", "black": "svart", "green": "grønn",
    "gold": "gull", "silver": "sølv", "peach": "fersken", "lemon": "sitron", "apple": "eple",
    "orange": "appelsin", "raspberry": "bringebær", "strawberry": "jordbær",
    "blueberry": "blåbær", "chicken": "kylling", "garlic": "hvitløk", "cinnamon": "kanel",
    "coconut": "kokos", "caramel": "karamell", "chocolate": "sjokolade", "vanilla": "vanilje",
    "mint": "mynte", "soft": "myk", "sensitive": "sensitiv", "double": "dobbel",
    "light": "lett", "zero": "sukkerfri", "large": "stor", "small": "liten", "cheese": "ost",
    "hot": "sterk", "sweet": "søt",
}  # fmt: skip
_BRAND_IS_HEAD = -1
#: A word that is worth no more than this says of what kind a ware is, not what it is.
_NO_WARE = 0.2
#: Words of fruit and vegetables that are kept: they are what they were.
_PRESERVED = word_set(
    """
    frossen tørket hermetisk boks glass skive skiver bit biter lake saft hakket knust flådd halv
    hel syltet saltet røkt kokt revet skrelt delt terning terninger stav staver løsvekt nett
    økologisk fersk pakke pose rå kjerne
    """
)

_PRESERVED_ONLY = _PRESERVED - word_set(
    "fersk pakke pose løsvekt nett halv hel skive skiver bit biter delt økologisk rå hakket"
)
#: Words of the departments whose wares are fresh when nothing else is said.
_FRESH_SHELVES = word_set("frukt bær grønnsaker poteter brød rundstykker fersk kjøtt kylling")

#: The tail half of every place.
TAIL_BITS = int("10" * 64, 2)

Hits = dict[int, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as the matcher sees it.

    Attributes:
        product: the product.
        costs: (bit, price) of every half place, dear ones first.
        total: the sum of all prices.
        sizes: every size that stands on it.
        brand: words of the brand.
        ware: its words in order, brand left out.
        kind: what makes it the same ware as another of another size or brand: the basic forms of
            its words, without those that nobody says and nobody misses.
        words: all its words, brand included.
        head: the bits of the word that says what it is.
        brand_bits: the bits of the brand.
        first: the bits of the first word of the name, when that may name the ware by itself; of a
            compound that only adds a cut or a form ("steinbitfilet") the bits of its front.
        negated: the bits of what is not in it ("… uten skinn").
        adjuncts: the bits of what only says what is in it ("… med melk").
        category: words of its department.
        store_brand: whether it is a chain's own brand.
        fresh: whether it is sold fresh and says nothing else.
    """

    product: Product
    costs: tuple[tuple[int, float], ...]
    total: float
    sizes: frozenset[SizeFact]
    brand: tuple[str, ...]
    ware: tuple[str, ...]
    kind: frozenset[str]
    words: frozenset[str]
    head: int
    brand_bits: int
    first: int
    negated: int
    adjuncts: int
    category: tuple[str, ...]
    store_brand: bool
    fresh: bool = False


class Index:
    """Words of the shop, and where they stand."""

    def __init__(
        self,
        products: Sequence[Product],
        also: Iterable[str] = (),
        pronounce: Pronounce | None = None,
        spell: Callable[[str], str] | None = None,
    ) -> None:
        """Indexes products.

        Args:
            products: the assortment.
            also: further words that people use (from the synonyms).
            pronounce: how words sound.
            spell: the usual spelling of a word, for products named in another ("Kulturmjølk").
        """
        self._spell = spell
        self._pronounce = pronounce
        names = [_read(product) for product in products]
        self.words: set[str] = set()
        for name in names:
            self.words.update(name.brand, name.tokens, name.pack, name.category)
        self.also = frozenset(word for word in also if len(word) > 1)
        self.split = Splitter(self.words | self.also)
        usual = _usual_words(names, self.split)
        homes = _homes(names)
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._category_postings: dict[str, list[int]] = defaultdict(list)
        self.entries: tuple[Entry, ...] = tuple(
            self._enter(number, name, usual, homes) for number, name in enumerate(names)
        )
        self._forms: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._plain: dict[str, list[str]] = defaultdict(list)
        self._deletes: dict[str, list[str]] = defaultdict(list)
        self._grams: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[str]] = defaultdict(list)
        self._said: dict[str, str] = {}
        self._heard: dict[str, list[str]] = defaultdict(list)
        for word in {**self._postings, **self._category_postings}:
            self._learn(word)
        for sounding, words in self._sounds.items():
            for gram in _grams(sounding):
                self._grams[gram].extend(words)
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

    def _enter(
        self,
        number: int,
        name: _Name,
        usual: Counter[tuple[str, str]],
        homes: dict[str, set[str]],
    ) -> Entry:
        head_place = _head_place(name, usual, homes, self.split)
        if name.brand_words and _is_at_home_elsewhere(name, name.tokens[head_place], homes):
            # "Fanta sitron" is a Fanta, not a lemon.
            head_place = _BRAND_IS_HEAD
        opening = _opening(name, homes)
        costs: dict[int, float] = {}
        seen: dict[str, int] = defaultdict(int)
        place = 0
        head = 0
        brand_bits = adjuncts = first = negated = 0
        adjunct = without = False
        brand_cost = COST_BRAND  # for the first word only: a long brand is not more unsaid
        for word in name.brand:
            both = 3 << (2 * place)
            seen[word] |= both
            brand_bits |= both
            costs[2 * place + 1] = brand_cost
            if head_place == _BRAND_IS_HEAD and not head:
                head = both
                costs[2 * place + 1] = COST_HEAD
            brand_cost = 0.0
            place += 1
        for at, word in enumerate(name.tokens):
            if word in _ADJUNCT:
                adjunct = adjunct or at > max(head_place, 0)
                without = word in _WITHOUT or (without and word in _AND)
            front, tail = 1 << (2 * place), 2 << (2 * place)
            if without and word not in _WITHOUT:
                negated |= front | tail
            seen[word] |= front | tail
            repeated = any(
                parts and word in linked(parts[0])
                for parts in (self.split(other) for other in name.tokens if other != word)
            )
            form = basic_forms(word)[-1] if len(basic_forms(word)) == 2 else word
            is_brand = word in name.brand_words
            parts = self.split(word)
            if at == head_place:
                head = front | tail
                costs[2 * place + 1] = COST_HEAD
                if parts:
                    costs[2 * place] = _front_cost(parts[0])
            elif is_brand:
                brand_bits |= front | tail
                costs[2 * place + 1] = brand_cost
                if head_place == _BRAND_IS_HEAD and not head:
                    head = front | tail
                    costs[2 * place + 1] = COST_HEAD
                brand_cost = 0.0
            elif repeated:
                # "Lettmelk ekstra lett": the second one says nothing new.
                costs[2 * place + 1] = COST_MINOR
            elif word == "uten":
                costs[2 * place + 1] = COST_WITHOUT
            elif word in SOFT or len(word) == 1:
                costs[2 * place + 1] = COST_SOFT
            elif form in _STATES or word in _STATES:
                costs[2 * place + 1] = _STATES.get(word) or _STATES[form]
            elif form in MARKED or word in MARKED:
                costs[2 * place + 1] = COST_MARKED
            elif word in MINOR or form in MINOR:
                costs[2 * place + 1] = COST_MINOR
            elif word[0].isdigit():
                costs[2 * place + 1] = COST_NUMBER
            elif adjunct:
                costs[2 * place + 1] = COST_ADJUNCT
            elif parts:
                costs[2 * place + 1] = COST_WORD / 2
                costs[2 * place] = COST_WORD / 2
            else:
                costs[2 * place + 1] = COST_WORD
            if adjunct:
                adjuncts |= front | tail
            if at == opening:
                first = front if parts and parts[1] in _CUTS else front | tail
            if parts:
                for part in linked(parts[0]):
                    seen[part] |= front
                seen[parts[1]] |= tail
                inner = self.split.both_known(parts[1])
                if inner:
                    seen[inner[1]] |= tail
            place += 1
        for word in name.pack:
            # "1 potte", "boks": it may be said, and nobody misses it.
            seen[word] |= 3 << (2 * place)
            place += 1
        for word, bits in tuple(seen.items()):
            norwegian = _IN_NORWEGIAN.get(word)
            in_brand = word in name.brand or word in name.brand_words
            if norwegian is not None and not in_brand and not bits & head:
                seen.setdefault(norwegian, bits)
            usual_word = self._spell(word) if self._spell else word
            if usual_word not in seen:
                seen[usual_word] = bits
        for word, bits in seen.items():
            self._postings[word].append((number, bits))
        tails = [parts[1] for word in name.category if (parts := self.split.both_known(word))]
        for word in dict.fromkeys((*name.category, *tails)):
            if word not in seen:
                self._category_postings[word].append(number)
        ordered = tuple(sorted(((b, c) for b, c in costs.items() if c > 0), key=lambda x: -x[1]))
        words = frozenset((*name.tokens, *name.brand))
        ware = tuple(word for word in name.tokens if word not in name.brand_words) or name.tokens
        return Entry(
            product=name.product,
            costs=tuple((1 << bit, cost) for bit, cost in ordered),
            total=sum(costs.values()),
            sizes=name.sizes,
            brand=name.brand_words,
            ware=ware,
            kind=frozenset(_base(word) for word in ware if not _is_minor(word)) or frozenset(ware),
            words=words,
            head=head,
            brand_bits=brand_bits,
            first=first,
            negated=negated,
            adjuncts=adjuncts,
            category=name.category,
            store_brand=any(brand <= words for brand in _STORE_BRANDS),
            fresh=not _FRESH_SHELVES.isdisjoint(name.category)
            and not any(form in _PRESERVED_ONLY for word in words for form in basic_forms(word)),
        )

    def knows(self, word: str) -> bool:
        """Whether the word, in any form, stands in a product, a category or a synonym."""
        return word in self.also or bool(self.find(word, fuzzy=False))

    def is_word(self, word: str) -> bool:
        """Whether the word stands so, or in another form, in a product, category or synonym."""
        if word in self.also:
            return True
        return any(sure > 0.95 for sure in self.find(word, fuzzy=False).values())

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
        if word in self._postings or word in self._category_postings:
            found[word] = 1.0
        for form in basic_forms(word):
            for other in self._forms.get(form, ()):
                found.setdefault(other, 0.97)
        if len(word) < 3 or not word.isalpha() or word in found:
            return found
        key = sound(word)
        parts = self.split.both_known(word)
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
        parts = self.split.both_known(word)
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
        parts = self.split(other)
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

    def hits(self, found: dict[str, float]) -> Hits:
        """The products with one of these words: product number -> (how sure, explained bits)."""
        hits: Hits = {}
        for word, sure in found.items():
            postings = self._postings.get(word, ())
            if not hits:
                hits = {number: (sure, bits) for number, bits in postings}
                continue
            for number, bits in postings:
                old = hits.get(number)
                if old is None or sure > old[0] + 0.01:
                    hits[number] = (sure, bits)
                elif sure > old[0] - 0.01:
                    hits[number] = (max(sure, old[0]), bits | old[1])
        for word, sure in found.items():
            if sure > 0.9:
                for number in self._category_postings.get(word, ()):
                    if number not in hits:
                        hits[number] = (sure * CATEGORY_SURE, 0)
        return hits


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


@dataclass(frozen=True, slots=True)
class _Name:
    """A product's words by where they come from."""

    product: Product
    brand: tuple[str, ...]  # words of the brand that are not in the name
    brand_words: tuple[str, ...]
    tokens: tuple[str, ...]
    sizes: frozenset[SizeFact]
    pack: tuple[str, ...]  # words of the size: "1 potte"
    category: tuple[str, ...]


def _read(product: Product) -> _Name:
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
    return _Name(
        product=product,
        brand=tuple(word for word in brand if word not in tokens),
        brand_words=brand,
        tokens=tokens[:24],
        sizes=frozenset(sizes),
        pack=tuple(word for word in size.tokens if word not in tokens)[:6],
        category=tuple(word for word in read_words(product.category).tokens if word not in SOFT),
    )


def _base(word: str) -> str:
    """One form for all the forms of a word."""
    return min(basic_forms(word), key=len)


def _is_minor(word: str) -> bool:
    return (word in SOFT and word not in _PACKED) or word in _SAME_WARE


def _front_cost(front: str) -> float:
    forms = basic_forms(front)
    return COST_MARKED if any(form in MARKED for form in forms) else COST_FRONT


def _usual_words(names: Iterable[_Name], split: Splitter) -> Counter[tuple[str, str]]:
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


def _head_place(
    name: _Name,
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
        if word in _ADJUNCT and at:
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
        elif _is_at_home_elsewhere(name, word, homes):
            value = 0.3  # the blåbær of "Skyr blåbær"
        if cut:
            value *= 0.05
        if value >= best_value:
            best, best_value = at, value
    brand = [at for at, word in enumerate(name.tokens) if word in name.brand_words]
    if brand and best_value <= _NO_WARE and is_adjective(name.tokens[best]):
        return brand[-1]  # "Coca-Cola uten sukker"
    return best


def _opening(name: _Name, homes: dict[str, set[str]]) -> int:
    """The place of the word that a name begins with, -1 when that says only brand or kind.

    Shelf names begin with the ware ("Tanntråd easyslide fresh") as often as they end with it.
    """
    for at, word in enumerate(name.tokens):
        if word in name.brand_words or word in SOFT:
            continue
        if word in _ADJUNCT or word[0].isdigit() or is_adjective(word) or len(word) < 3:
            return -1
        return -1 if _is_at_home_elsewhere(name, word, homes) else at
    return -1


def _homes(names: Iterable[_Name]) -> dict[str, set[str]]:
    """Words that are by themselves the name of a ware without a brand: in which departments."""
    homes: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name.tokens) == 1 and not name.brand_words:
            for form in basic_forms(name.tokens[0]):
                homes[form].add(name.product.category)
    return homes


def _is_at_home_elsewhere(name: _Name, word: str, homes: dict[str, set[str]]) -> bool:
    """Whether a word of the name is a flavour: by itself it is a ware of another department.

    Frozen, dried and tinned fruit is fruit in another department, so those words rule it out.
    """
    if any(form in _PRESERVED for each in name.tokens for form in basic_forms(each)):
        return False
    category = name.product.category
    found = [homes[form] for form in basic_forms(word) if form in homes]
    return bool(found) and not any(category in each for each in found)


def is_state(word: str) -> bool:
    """Whether a word only says how a ware is cut or kept: "skivet", "frossen"."""
    return any(form in _STATES for form in basic_forms(word))


def is_adjective(word: str) -> bool:
    """Whether a word only says which kind of a ware is meant."""
    forms = basic_forms(word)
    if any(form in MARKED or form in MINOR or form in _STATES for form in forms):
        return True
    return word in _COLOURS_AND_SIZES or (
        len(word) > 5 and word.endswith(("ede", "iske", "isk", "fri", "frie", "fritt", "ige"))
    )


_COLOURS_AND_SIZES = word_set(
    """
    lett hel skummet grov grove grovt fin fine fint halvgrov stor store stort liten lille små
    rød røde rødt grønn grønne grønt gul gule gult blå hvit hvite hvitt brun brune brunt svart
    sort fersk ferske frosne kokt kokte stekt stekte røkt røkte gravet malt filtermalt kokmalt
    hakket revet mager magre moden mild milde sterk mørk mørke lys lyse myk tynn tynne tykk
    tykke rund runde extra ekstra super deluxe premium first price lagret vellagret saftig
    saftige søt søte sur sure salt ung unge gammeldags gammeldagse hjemmelaget tradisjonell
    tradisjonelle luftig frisk friske
    """
)
