"""Answers to the two questions that Kurv asks: which of these, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol

from rapidfuzz import fuzz

from bot.ordering.amount import Amount, Read, read_amount
from bot.ordering.fillers import DESCRIBING, DETERMINERS, FILLERS, LINKS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token, fold, plain, tokenise
from bot.ordering.sizes import Size
from bot.ordering.units import PERCENT


class Option(Protocol):
    """What is read of a product that is offered."""

    @property
    def name(self) -> str:
        """The ware's name."""

    @property
    def brand(self) -> str:
        """The brand, may be empty."""

    @property
    def size(self) -> str:
        """The size as printed on the pack, may be empty."""

    @property
    def price(self) -> Decimal:
        """Kroner for one."""

    @property
    def content(self) -> Size | None:
        """The size as an amount, when it says one."""


class NoneOfThem(Enum):
    """The only value: none of the options is wanted."""

    NONE = "none"


NONE_OF_THEM: Final = NoneOfThem.NONE


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice among options.

    Attributes:
        index: place of the option from 0, or `NONE_OF_THEM`.
        amount: how many, when that was said as well ("to av den første").
    """

    index: int | NoneOfThem
    amount: Amount | None = None


_ORDINALS = {
    "første": 0, "fyrste": 0, "føsste": 0, "fysste": 0, "fyste": 0, "øverste": 0,
    "andre": 1, "annen": 1, "aindre": 1, "ander": 1, "tredje": 2, "trea": 2, "tredie": 2,
    "midterste": 1, "midtre": 1, "midten": 1, "mellomste": 1, "einern": 0, "enern": 0,
    "ener": 0, "eneren": 0, "toer": 1, "toeren": 1, "toern": 1, "treer": 2, "treeren": 2,
    "førstnevnte": 0, "sistnevnte": -1, "siste": -1, "sist": -1, "sistnemnde": -1, "nederste": -1,
    "1ste": 0, "2re": 1,
}  # fmt: skip
_CHEAP = frozenset({"billigste", "billigaste", "billigst", "rimeligste", "billige", "rimelige",
                    "billig", "rimeligst", "billegaste", "billegste", "billigere", "rimelegaste",
                    "billigeste", "billegast", "rimeligere"})  # fmt: skip
_DEAR = frozenset({"dyreste", "dyraste", "dyrest", "dyre", "dyrere", "dyr", "dyrast"})
_LARGE = frozenset({"største", "størst", "store", "stor", "større", "stort", "svære", "storste"})
_SMALL = frozenset({"minste", "minst", "lille", "små", "liten", "lita", "mindre", "minsta", "lisle",
                    "vesle", "minde"})  # fmt: skip
_NONE_ROWS = """
ingen av dem|ingen av delene|ingen av de|ingen av disse|ingen|ikke noen av dem|nei|nei takk
ikke noen av delene|noe annet|en annen|inga av dem|ingen av dei|nei ingen av dem|ikke noen
nei ingen|nei ingen av delene|verken eller|ingen av alternativene|nei ikke noen av dem
nei ikke noen av de|ikke noen av de|ingen takk|niks|nei nei|drit i det|glem det|dropp det
nei glem det|nei dropp det|ikke noe|ikke noe av det|nei ikke noe av det|ingen av dem takk
ikke noen av disse|hverken eller|jeg vil ikke ha noen av dem|vil ikke ha noen av dem
jeg vil ha noe annet|nei noe annet|nei jeg vil ha noe annet|nei ikke de|ikke de|ingen der
nei ikke det|ingen passer|ingen av de der|ingenting|nei ingenting|nei ikke den
"""
_NONE = tuple(
    tuple(plain(word) for word in phrase.split())
    for phrase in _NONE_ROWS.replace("\n", "|").split("|")
    if phrase.strip()
)
_ANY = (
    "samme for meg", "det er det samme", "det samme", "hva som helst", "spiller ingen rolle",
    "velg du", "du kan velge", "du får velge", "det bestemmer du", "du bestemmer", "ikke så nøye",
    "ikke så viktig", "samma for meg", "samma det", "same for meg", "hvilken som helst", "same det",
    "hvem som helst", "ka som helst", "bare velg", "bare ta en", "ett fett", "hipp som happ",
    "akkurat det samme", "det er samma", "det har ikke noe å si", "det speler inga rolle",
    "spiller ikke noen rolle", "det velger du", "ta en av dem", "en av dem", "e det samme",
    "like greit", "like godt", "det er likt", "ikkje så nøye", "likegyldig", "samme hvilken",
    "samme hvem", "samma hvilken", "uten betydning", "som du vil", "ta hva du vil",
    "det er samme", "det du tror", "den du tror", "bestem du", "du får bestemme", "velg for meg",
    "hva du vil", "det du mener", "det du vil", "ta det du tror", "ta den du vil", "du får ta",
)  # fmt: skip
_ANY_WORDS = tuple(tuple(plain(word) for word in phrase.split()) for phrase in _ANY)
_NUMBERING = frozenset({"nummer", "nr", "alternativ", "valg", "tallet", "alternativet", "nummeret"})
_SIZES = {
    "halvliteren": ("l", Decimal("0.5")),
    "halvliter": ("l", Decimal("0.5")),
    "halvlitern": ("l", Decimal("0.5")),
    "literen": ("l", Decimal(1)),
    "litern": ("l", Decimal(1)),
    "toliteren": ("l", Decimal(2)),
    "tolitern": ("l", Decimal(2)),
    "toliters": ("l", Decimal(2)),
    "halvannenliteren": ("l", Decimal("1.5")),
    "halvannenliter": ("l", Decimal("1.5")),
    "kiloen": ("kg", Decimal(1)),
    "halvkiloen": ("kg", Decimal("0.5")),
    "halvkilo": ("kg", Decimal("0.5")),
    "sekspakningen": ("stk", Decimal(6)),
    "sekseren": ("stk", Decimal(6)),
    "tolvpakningen": ("stk", Decimal(12)),
    "tolveren": ("stk", Decimal(12)),
}
_KEEP = DESCRIBING | frozenset({"hele"})
_ALIKE = 84.0


def read_answer(text: str, options: Sequence[Option]) -> Answer | None:
    """Which of `options` was chosen; None when the text is no certain answer to that.

    By number ("nummer to", "2", "den siste"), by words of the name, brand or size, by price or
    size ("den billigste", "den store"), "det er det samme" (the first), or none of them.
    """
    tokens = [t for t in tokenise(text) if t.kind is not Kind.DASH]
    words = tuple(t.plain for t in tokens if t.kind in (Kind.WORD, Kind.NUMBER, Kind.AND))
    if not words or not options:
        return None
    bare = tuple(word for word in words if word not in ("takk", "eh", "øh", "da", "hm", "hmm"))
    if bare in _NONE or words in _NONE:
        return Answer(NONE_OF_THEM)
    if any(_contains(words, phrase) for phrase in _ANY_WORDS) and len(words) <= 9:
        return Answer(0)
    if "begge" in words or "alle" in words:
        return None
    tokens, ruled_out = _negated(tokens, options)
    chosen = _choose(tokens, options)
    if chosen is None and ruled_out is not None and len(options) == 2:
        return Answer(1 - ruled_out)
    return chosen


def read_quantity_answer(text: str) -> Amount | None:
    """How many, as the answer to a question; None when the text says anything else as well.

    "to", "to stykker", "bare en", "jeg tar tre", "nei, fire" (the last number counts), "halvkilo".
    """
    tokens = tokenise(text)
    found: Read | None = None
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind in (Kind.COMMA, Kind.STOP, Kind.DASH):
            at += 1
            continue
        read = read_amount(tokens, at)
        if read is not None and not read.size:
            if found is None or not (read.article and found is not None):
                found = read
            at = read.end
            continue
        if token.plain not in FILLERS and token.plain not in _QUANTITY_TALK:
            return None
        at += 1
    return found.amount if found is not None else None


_QUANTITY_TALK = word_set(
    """
    holder klarer greier sier nei mener mente ikke nok kilo vi får si ble blir alt sammen hver av
    dem den
    """
)


def _contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return any(tuple(words[at : at + size]) == tuple(phrase) for at in range(len(words) - size + 1))


def _negated(tokens: list[Token], options: Sequence[Option]) -> tuple[list[Token], int | None]:
    """Leave "ikke den første" out, up to "men", "nei" or a comma, and say which was ruled out."""
    plains = [token.plain for token in tokens]
    if "ikke" not in plains:
        return tokens, None
    start = plains.index("ikke")
    end = start + 1
    while (
        end < len(tokens)
        and plains[end] not in ("men", "nei")
        and (tokens[end].kind not in (Kind.COMMA, Kind.STOP))
    ):
        end += 1
    out = _choose(tokens[start + 1 : end], options)
    index = out.index if out is not None and isinstance(out.index, int) else None
    return [*tokens[:start], *tokens[end:]], index


def _choose(tokens: list[Token], options: Sequence[Option]) -> Answer | None:
    amounts, rest = _split_amounts(tokens)
    named = [t for t in rest if t.kind in (Kind.WORD, Kind.NUMBER)]
    count = len(options)
    index = _by_order(named, count)
    if index is None:
        index = _by_price_or_size(named, amounts, options)
    if index is None:
        index = _by_name(named, amounts, options)
    if index is None:
        return _by_bare_number(named, amounts, count)
    if _is_other_size(amounts, options[index]):
        return None
    return Answer(index, _quantity(amounts, options[index]))


def _is_other_size(amounts: Sequence[tuple[Read, bool]], option: Option) -> bool:
    """ "friele 500 gram" is not the pack of 250 grams that was offered."""
    content = option.content
    if content is None or not content.amount:
        return False
    for read, _ in amounts:
        amount = read.amount
        if amount.unit != content.unit or amount.unit not in ("l", "kg"):
            continue
        small = amount.unit == "kg" and amount.value < 1 and amount.value != content.amount
        if small or amount.value % content.amount:
            return True
    return False


def _split_amounts(tokens: list[Token]) -> tuple[list[tuple[Read, bool]], list[Token]]:
    """Amounts (with whether "nummer" stands before), and the other tokens."""
    amounts: list[tuple[Read, bool]] = []
    rest: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        numbered = at > 0 and tokens[at - 1].plain in _NUMBERING
        if token.said in _SIZES or token.plain in _ORDINALS:
            rest.append(token)
            at += 1
            continue
        read = read_amount(tokens, at)
        if read is None:
            rest.append(token)
            at += 1
            continue
        if read.size:
            rest.extend(tokens[at : read.end])
        elif numbered or not read.article or _stands_alone(tokens, at):
            amounts.append((read, numbered))
        at = read.end
    return amounts, rest


def _stands_alone(tokens: Sequence[Token], at: int) -> bool:
    """ "en" as an answer of its own: all else is filler, or "en av den første"."""
    if at + 1 < len(tokens) and tokens[at + 1].plain == "av":
        return True
    return all(
        token.plain in FILLERS or token.kind in (Kind.COMMA, Kind.STOP) or place == at
        for place, token in enumerate(tokens)
    )


def _by_order(named: Sequence[Token], count: int) -> int | None:
    found = {
        index if index >= 0 else count - 1
        for token in named
        if (index := _ORDINALS.get(token.plain)) is not None
    }
    if len(found) != 1:
        return None
    index = found.pop()
    return index if index < count else None


def _by_price_or_size(
    named: Sequence[Token], amounts: Sequence[tuple[Read, bool]], options: Sequence[Option]
) -> int | None:
    words = {token.plain for token in named} | {token.said for token in named}
    if words & _CHEAP or words & _DEAR:
        prices = [option.price for option in options]
        best = min(prices) if words & _CHEAP else max(prices)
        return prices.index(best)
    wanted = [_SIZES[word] for word in words if word in _SIZES]
    wanted += [
        (read.amount.unit, read.amount.value)
        for read, _ in amounts
        if read.amount.unit in ("l", "kg")
    ]
    # "den på 1,75": a number with decimals can only be a size.
    wanted += [
        (unit, read.amount.value)
        for read, _ in amounts
        for unit in ("l", "kg")
        if not read.amount.unit and read.amount.value != read.amount.value.to_integral_value()
    ]
    for unit, value in wanted:
        fit = [
            at
            for at, option in enumerate(options)
            if (content := option.content) is not None
            and content.unit == unit
            and content.amount == value
        ]
        if len(fit) == 1:
            return fit[0]
    by_name = _by_name(named, (), options) if words & (_LARGE | _SMALL) else None
    if by_name is not None:
        return by_name
    if words & _LARGE or words & _SMALL:
        contents = [option.content for option in options]
        units = {content.unit for content in contents if content is not None}
        if all(content is not None for content in contents) and len(units) == 1:
            sizes = [content.amount for content in contents if content is not None]
            best = max(sizes) if words & _LARGE else min(sizes)
            if sizes.count(best) == 1:
                return sizes.index(best)
    return None


def _option_words(option: Option) -> list[str]:
    text = f"{option.brand} {option.name} {option.size}"
    return [
        fold(token.text)
        for token in tokenise(text)
        if token.kind in (Kind.WORD, Kind.NUMBER) and token.said not in LINKS
    ]


def _by_name(
    named: Sequence[Token], amounts: Sequence[tuple[Read, bool]], options: Sequence[Option]
) -> int | None:
    said = [
        token.said
        for token in named
        if token.plain not in DETERMINERS
        and token.plain not in LINKS
        and token.plain not in _NUMBERING
        and (token.plain not in FILLERS or token.plain in _KEEP)
        and token.said not in PERCENT
    ]
    if not said:
        return None
    words = [_option_words(option) for option in options]
    scores = [0.0] * len(options)
    explained = 0
    for word in said:
        likes = [max((_alike(word, other) for other in each), default=0.0) for each in words]
        top = max(likes)
        if top == 0.0:
            continue
        explained += 1
        for at, like in enumerate(likes):
            scores[at] += like
    if explained / len(said) < 0.6:
        return None
    best = max(scores)
    leaders = [at for at, score in enumerate(scores) if best - score < 0.3]
    return leaders[0] if len(leaders) == 1 else None


def _alike(said: str, word: str) -> float:
    """1 for the same word or its inflection, less for a likely misspelling, 0 for another word."""
    if said == word:
        return 1.0
    if not said or not word or said[0].isdigit() or word[0].isdigit():
        return 0.0
    short, long = sorted((said, word), key=len)
    if len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 3:
        return 0.97
    if len(short) >= 5 and short in long:
        return 0.85
    stem = _stem(said)
    if stem == _stem(word) and len(stem) >= 3:
        return 0.95
    if len(stem) >= 4 and _stem(word).endswith(stem):
        return 0.8
    if len(short) < 4:
        return 0.0
    ratio = fuzz.ratio(said, word)
    return ratio / 110 if ratio >= _ALIKE else 0.0


def _stem(word: str) -> str:
    for ending in ("ene", "ane", "ar", "er", "en", "et", "a", "e", "t", "n"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word


def _by_bare_number(
    named: Sequence[Token], amounts: Sequence[tuple[Read, bool]], count: int
) -> Answer | None:
    """ "to", "nummer to", "jeg tar toeren": all else must be filler."""
    if any(
        token.plain not in FILLERS
        and token.plain not in DETERMINERS
        and token.plain not in _NUMBERING
        and token.plain != "nei"
        for token in named
    ):
        return None
    numbered = [read for read, marked in amounts if marked]
    others = [read for read, marked in amounts if not marked]
    pick = numbered[-1] if numbered else others[-1] if len(others) == 1 else None
    if pick is None or pick.amount.unit or pick.amount.vague or pick.amount.upper is not None:
        return None
    value = pick.amount.value
    if value != value.to_integral_value() or not 1 <= value <= count:
        return None
    amount = others[0].amount if numbered and len(others) == 1 else None
    return Answer(int(value) - 1, amount)


def _quantity(amounts: Sequence[tuple[Read, bool]], option: Option) -> Amount | None:
    content = option.content
    for read, numbered in amounts:
        amount = read.amount
        is_size = (
            content is not None
            and content.amount == amount.value
            and (content.unit == amount.unit or amount.value != amount.value.to_integral_value())
        )
        if not numbered and not is_size:
            return amount
    return None
