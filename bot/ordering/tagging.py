"""Tokens -> tagged pieces: amounts, cues, fillers, links, marks, and the words that are left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.ordering.amount import ARTICLES, Amount, Read, read_amount
from bot.ordering.cue_reading import cue_is_ware, is_ware_word, own_cue, told_as_story
from bot.ordering.cues import Cue, read_cue
from bot.ordering.fillers import DESCRIBING, DETERMINERS, FILLERS, LINKS
from bot.ordering.joined_pieces import FLAVOURS, PAIRS, join_ands, pull_packs
from bot.ordering.lemmas import word_set
from bot.ordering.names import names
from bot.ordering.norwegian import Kind, Token
from bot.ordering.numbers import read_number, read_number_word
from bot.ordering.pieces import Piece, Tag
from bot.ordering.segment import Judge
from bot.ordering.stories import counts_people, stays
from bot.ordering.talk_words import AT_HOME, COMMENTS, VERBS
from bot.ordering.units import PACKS, SIZE_WORDS
from bot.ordering.wares import WARES

# Wares whose names begin with words that are otherwise fillers, numbers or cues.
_NAMES: dict[str, tuple[tuple[str, ...], ...]] = {}
for _name in """
fire kløver|fir kløver
frittgående høner|god morgen yoghurt|god morgen yogurt|go morgen|god morgen|go morgen yoghurt
den leende ku|7 up|seven up|sju up|syv up|kjeks til ost|to go|god jul|ingen sukker|minus sukker
snacks til|fire kløver
""".replace("\n", "|").split("|"):
    _words = tuple(_name.split())
    if len(_words) > 1:
        _NAMES.setdefault(_words[0], ())
        _NAMES[_words[0]] += (_words,)

_MEASURED = re.compile(r"(?P<number>[a-zæøå]+?)-?(?:gram|liter|kilo|desiliter|hekto)s")
_MARKS = {Kind.COMMA: Tag.COMMA, Kind.STOP: Tag.STOP, Kind.AND: Tag.AND}
_EXTRA_WHAT = word_set(
    """
    lett lette grov grovt grove fin fint fine sterk sterkt salt saltet virgin god gode myk mykt
    myke tykk tykt store stor jomfru mager mørk mørkt lys lyst lagret modnet fet tørr raffinert
    mild hard
    """
)
_AFTER_MORE = word_set("og av takk da men så vær i pluss også nå")
# A word that stands between an amount and its ware without a job of its own.
_MONEY = frozenset({"kr", "kroner", "krone", "krona", "kronor"})
_TILS = frozenset({"til", "te"})
_NOT_WARES = _MONEY | word_set(
    """
    år års åringer personer person mennesker voksne dager dagar uker veker timer timar minutter
    grader måneder etasje husstand mann venner gjester barnebarn øre
    """
)


#: Counts of these order nothing, and nobody waits for an answer to them.
def _is_part(tokens: Sequence[Token], at: int, before: list[Piece], judge: Judge) -> bool:
    """ "ett grovt og ett fint", "ett fint brød": an adjective right after its number."""
    if not before or before[-1].tag is not Tag.AMOUNT:
        return False
    if at + 1 < len(tokens) and tokens[at + 1].kind is Kind.WORD:
        following = tokens[at + 1]
        pair = (tokens[at].said, following.said)
        return following.said in WARES and judge.coverage(pair) >= _SURE
    return any(piece.tag is Tag.AMOUNT for piece in before[:-1])


_ANYTHING = word_set("mat varer ting dagligvarer matvarer mattvarer smått smårusk ting")
_LIFE = word_set("år års åringer dager dagar uker veker timer timar minutter grader måneder etasje")
_NUMBERED = frozenset({"størrelse", "storleik", "str", "nummer", "nr"})
_CLOCK = frozenset({"klokka", "klokken", "kl", "klokko", "klokkå"})


def tag(tokens: Sequence[Token], judge: Judge) -> list[Piece]:
    """Tag all tokens; every token is in exactly one piece."""
    pieces: list[Piece] = []
    somebody = {at for at in names(tokens, judge) if not _in_saying(tokens, at, judge)}
    at = 0
    while at < len(tokens):
        if at in somebody:
            piece, at = Piece(Tag.FILLER, (tokens[at],)), at + 1
        else:
            piece, at = _next(tokens, at, pieces, judge)
        pieces.append(piece)
    return join_ands(pull_packs(pieces), judge)


def _next(tokens: Sequence[Token], at: int, before: list[Piece], judge: Judge) -> tuple[Piece, int]:
    token = tokens[at]
    if token.kind is Kind.WORD and _MEASURED.fullmatch(token.said):
        number = _MEASURED.fullmatch(token.said)
        assert number is not None
        if read_number_word(number["number"]) is not None:
            return Piece(Tag.WORD, (token,), size=True), at + 1  # "to femliters kanner"
    mark = _MARKS.get(token.kind)
    if mark is not None:
        if mark is Tag.STOP and "\n" in token.text and token.text.strip() == "":
            mark = Tag.COMMA
        return Piece(mark, (token,)), at + 1
    if token.kind is Kind.DASH:
        return Piece(Tag.COMMA, (token,)), at + 1
    if token.plain in _NUMBERED and before and before[-1].tag in (Tag.WORD, Tag.LINK):
        figure = read_number([each.said for each in tokens[at + 1 : at + 4]])
        if figure is not None:
            # "bleier størrelse fem": the figure is part of the name.
            stop = at + 1 + figure[1]
            return Piece(Tag.WORD, tuple(tokens[at:stop]), size=True, glued=True), stop
    saying = _saying_at(tokens, at, before, judge)
    if saying:
        return Piece(Tag.WORD, tuple(tokens[at:saying])), saying
    name = _name_at(tokens, at, judge)
    if name:
        return Piece(Tag.WORD, tuple(tokens[at:name])), name
    staying = stays(tokens, at)
    if staying:
        return Piece(Tag.ASIDE, tuple(tokens[at:staying])), staying
    purpose = _something_for(tokens, at, judge)
    if purpose is not None:
        return purpose
    if token.plain == "og":
        found = read_cue(tokens, at)
        if found is not None:
            return Piece(Tag.CUE, tuple(tokens[at : found[1]]), cue=found[0]), found[1]
        return Piece(Tag.AND, (token,)), at + 1
    # "to til", "en melk til": more of it; "til" before a ware or a number is something else.
    if token.plain in ("til", "ekstra") and before and _is_more(tokens, at, before, judge):
        return Piece(Tag.CUE, (token,), cue=Cue.MORE), at + 1
    if token.plain in ("enda", "ennå") and at + 1 < len(tokens) and read_amount(tokens, at + 1):
        return Piece(Tag.CUE, (token,), cue=Cue.MORE), at + 1  # "enda en"
    found = own_cue(tokens, at, before) or read_cue(tokens, at)
    if found is not None and _ends_before_with(tokens, at, found[1], before):
        found = found[0], found[1] - 1  # "ett holder, med tolv (i)"
    if found is not None and not cue_is_ware(tokens, at, found, before, judge):
        cue, end = told_as_story(tokens, at, found)
        # "pølser til barnebarna": for whom, not a story.
        for_whom = cue is Cue.CHAT and bool(before) and before[-1].tag is Tag.LINK
        kind = Tag.FILLER if cue is Cue.FILLER or for_whom else Tag.CUE
        return Piece(kind, tuple(tokens[at:end]), cue=cue), end
    if _closes_description(tokens, at, before):
        return Piece(Tag.FILLER, (token,)), at + 1
    read = read_amount(tokens, at)
    if read is not None and token.said == "lite" and _is_light(tokens, at, before, judge):
        return Piece(Tag.WORD, (token,)), at + 1
    if read is not None:
        if (
            read.end < len(tokens)
            and tokens[read.end].plain in _ANYTHING
            and (read.article or read.amount.vague)
        ):
            return Piece(Tag.FILLER, tuple(tokens[at : read.end + 1])), read.end + 1
        room = tokens[at + 1] if at + 1 < len(tokens) else None
        if (
            token.kind is Kind.NUMBER
            and room is not None
            and room.start == token.end
            and len(room.text) == 1
            and (room.text.isupper() or (tokens[at - 1].plain == "i" and room.text in "abcde"))
        ):
            return Piece(Tag.ASIDE, tuple(tokens[at : at + 2])), at + 2  # "i 3B"
        counted = tokens[read.end].plain if read.end < len(tokens) else ""
        if counted in _NOT_WARES and not read.size:
            tag = Tag.FILLER if counted in _LIFE else Tag.ASIDE
            return Piece(tag, tuple(tokens[at : read.end + 1])), read.end + 1
        floor = [each.plain for each in tokens[at + 1 : at + 3]]
        if token.kind is Kind.NUMBER and floor[1:] == ["etasje"] and floor[0] == ".":
            return Piece(Tag.ASIDE, tuple(tokens[at : at + 3])), at + 3  # "i 2. etasje"
        if not read.size and _is_printed_size(tokens, at, read, before):
            return Piece(Tag.WORD, (token,), size=True), at + 1
        if not read.size and counts_people(tokens, read.end):
            return Piece(Tag.ASIDE, tuple(tokens[at : read.end + 1])), read.end + 1
        return _amount_piece(tokens, at, read), read.end
    if token.plain in _CLOCK and at + 1 < len(tokens):
        read = read_amount(tokens, at + 1)
        if read is not None:
            return Piece(Tag.ASIDE, tuple(tokens[at : read.end])), read.end
    if token.plain in ("i", "på") and at + 1 < len(tokens) and tokens[at + 1].plain in AT_HOME:
        return Piece(Tag.ASIDE, tuple(tokens[at : at + 2])), at + 2
    if token.plain in LINKS:
        return Piece(Tag.LINK, (token,)), at + 1
    if token.plain in FILLERS and token.plain in DESCRIBING and _is_part(tokens, at, before, judge):
        return Piece(Tag.WORD, (token,)), at + 1
    if token.plain in FILLERS or token.plain in DETERMINERS or _is_soft_pack(tokens, at, before):
        return Piece(Tag.FILLER, (token,)), at + 1
    if _is_talk(tokens, at, before, judge):
        return Piece(Tag.FILLER, (token,)), at + 1
    if (
        token.said in PACKS
        and at + 1 < len(tokens)
        and _starts_ware(tokens, at + 1, judge)
        and not (before and before[-1].tag in (Tag.WORD, Tag.LINK))
    ):
        # "pakke kaffe" without "en".
        amount = Amount(Decimal(1), PACKS[token.said])
        return Piece(Tag.AMOUNT, (token,), amount=amount, article=True), at + 1
    return Piece(Tag.WORD, (token,), size=token.said in SIZE_WORDS), at + 1


#: Grams or millilitres as they stand on packs.
_PRINTED = range(100, 1001)


def _is_printed_size(tokens: Sequence[Token], at: int, read: Read, before: Sequence[Piece]) -> bool:
    """Whether a bare number after a ware is what stands on the pack: "meierismør 250"."""
    closes = read.end == at + 1 and (
        read.end >= len(tokens) or tokens[read.end].kind is not Kind.WORD
    )
    bare = tokens[at].kind is Kind.NUMBER and not read.amount.unit and not read.amount.vague
    counted = any(piece.tag is Tag.AMOUNT and not piece.article for piece in before[-3:])
    after = bool(before) and before[-1].tag is Tag.WORD
    return closes and bare and after and not counted and read.amount.value in _PRINTED


def _is_light(tokens: Sequence[Token], at: int, before: Sequence[Piece], judge: Judge) -> bool:
    """Whether "lite" ends a name, as in "ringnes lite", and says no amount."""
    closes = at + 1 >= len(tokens) or tokens[at + 1].kind is not Kind.WORD
    if not closes or not before or before[-1].tag is not Tag.WORD:
        return False
    return judge.coverage((before[-1].tokens[-1].said, "lite")) >= _SURE


def _ends_before_with(tokens: Sequence[Token], at: int, end: int, before: list[Piece]) -> bool:
    """Whether "holder med" after a number is "holder", and "med" begins what is in the pack."""
    counted = bool(before) and before[-1].tag is Tag.AMOUNT
    return counted and tokens[at].plain == "holder" and tokens[end - 1].plain == "med"


def _something_for(tokens: Sequence[Token], at: int, judge: Judge) -> tuple[Piece, int] | None:
    """ "noe til kaffen": a wish of its own, or, before a ware, what that is for."""
    if tokens[at].plain != "noe":
        return None
    til = at + 2 if at + 1 < len(tokens) and tokens[at + 1].plain in ("godt", "attåt") else at + 1
    if til + 1 >= len(tokens) or tokens[til].plain not in ("til", "te", "på", "attåt"):
        return None
    what = tokens[til + 1]
    if what.kind is not Kind.WORD or what.plain in FILLERS:
        return None
    whole = tuple(replace(token, text=token.plain) for token in tokens[at : til + 1])
    whole = (*whole, what)
    joined = "".join(token.plain for token in whole[:-1]) + what.said
    if judge.coverage((joined,)) >= 1.0:
        return Piece(Tag.WORD, whole), til + 2
    if tokens[til].plain == "på" or judge.coverage((what.said,)) < _SURE:
        return None
    named = any(
        token.kind is Kind.WORD and token.plain not in _SMALL and token.plain not in LINKS
        for token in tokens[til + 2 :]
    )
    return Piece(Tag.ASIDE if named else Tag.WORD, whole), til + 2


_SUBJECTS = word_set(
    """
    jeg vi du dere han hun de man som å og ikke skal skulle vil ville kan kunne må måtte har hadde
    blir ble bli er var får fikk så da
    """
)
_SURE = 0.95
_SMALL = FILLERS | LINKS | DETERMINERS | COMMENTS | VERBS


def _is_talk(tokens: Sequence[Token], at: int, before: list[Piece], judge: Judge) -> bool:
    """Whether a word says what somebody does or how it is, and names nothing that is sold.

    A verb that the shop has a ware of as well ("baker") is one where it follows whoever does it.
    """
    word = tokens[at].plain
    counted = bool(before) and before[-1].tag is Tag.AMOUNT and not before[-1].article
    if word in DESCRIBING or counted:
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if (
        following is not None
        and following.kind is Kind.WORD
        and (
            following.plain not in _SMALL
            and judge.coverage((tokens[at].said, following.said)) >= _SURE
            and not is_ware_word(following, judge)
        )
    ):
        return False
    if word in COMMENTS:
        return True
    if word not in VERBS:
        return False
    done = at > 0 and tokens[at - 1].plain in _SUBJECTS
    return done or judge.coverage((tokens[at].said,)) < _SURE


def _closes_description(tokens: Sequence[Token], at: int, before: list[Piece]) -> bool:
    """The last "en" of "en sånn stor en", which counts nothing."""
    if tokens[at].plain not in ARTICLES or len(before) < 2:
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    ends = following is None or following.kind is not Kind.WORD or following.plain in _AFTER_MORE
    told = before[-1].tag is Tag.WORD and before[-1].word in DESCRIBING
    return ends and told and any(token.plain in _SUCH for token in before[-2].tokens)


_SUCH = frozenset({"sånn", "sånt", "slik", "slikt", "sånne", "slike", "en", "ei"})


def _amount_piece(tokens: Sequence[Token], at: int, read: Read) -> Piece:
    taken = tuple(tokens[at : read.end])
    if read.size:
        return Piece(Tag.WORD, taken, size=True)
    return Piece(Tag.AMOUNT, taken, amount=read.amount, article=read.article)


def _name_at(tokens: Sequence[Token], at: int, judge: Judge) -> int:
    for words in _NAMES.get(tokens[at].said, ()):
        end = at + len(words)
        if tuple(token.said for token in tokens[at:end]) != words:
            continue
        if words in (("god", "morgen"), ("go", "morgen")):
            # "go morgen jordbær" is the yoghurt, "go morgen" a greeting.
            taste = tokens[end].said if end < len(tokens) else ""
            least = _IN_ONE_NAME if tokens[at].said == "go" else 0.99
            if taste in FLAVOURS and judge.coverage((*words, taste)) >= least:
                return end
            continue
        if judge.coverage(words) >= 0.9:
            return end
    return 0


#: All words stand in one ware's name, although one of them is a ware by itself.
_IN_ONE_NAME = 0.59
_LONGEST_SAYING = 5
#: What a broad wish begins with: "noe å drikke".
_SOMETHING = frozenset({"noe", "noko", "nåkka", "noka"})


def _saying_at(tokens: Sequence[Token], at: int, before: list[Piece], judge: Judge) -> int:
    """Where a name that people have for one ware ends, 0 when none begins here.

    In "reker med skall", "tena men" and "mat til katten" stand words that are otherwise passed
    over, and nothing that names a ware may be.
    """
    if tokens[at].said in ARTICLES or read_amount(tokens, at) is not None:
        return 0
    for length in range(min(_LONGEST_SAYING, len(tokens) - at), 1, -1):
        told = tokens[at : at + length]
        if any(token.kind not in (Kind.WORD, Kind.AND, Kind.NUMBER) for token in told):
            continue
        small = [_is_passed_over(token) for token in told]
        if not any(small) or told[-1].plain == "og" or told[-1].said in ARTICLES:
            continue
        if any(token.plain in DETERMINERS for token in told[:-1]):
            continue  # "melk den grønne" is told from its words
        beyond = tokens[at + length : at + length + 2]
        joined = len(beyond) == 2 and beyond[0].plain == "og"
        if joined and (told[-1].said, beyond[1].said) in PAIRS:
            continue  # "chips med salt og pepper"
        if told[0].plain in _SOMETHING and told[1].plain in ("til", "te", "på", "attåt", "godt"):
            continue  # see `_something_for`
        if not judge.is_saying([token.said for token in told]):
            continue
        if (
            not all(small)
            or told[0].plain in _SOMETHING
            or _stands_apart(tokens, at, length, before)
        ):
            return at + length
    return 0


def _in_saying(tokens: Sequence[Token], at: int, judge: Judge) -> bool:
    """Whether somebody's name is part of a ware's: "kong håkon", "marie kjeks"."""
    return any(
        judge.is_saying([token.said for token in tokens[start : start + 2]])
        for start in (at - 1, at)
        if start >= 0 and start + 2 <= len(tokens)
    )


def _stands_apart(tokens: Sequence[Token], at: int, length: int, before: list[Piece]) -> bool:
    """Whether small words are a wish of their own: "se og hør", not "jeg vil ha det her og nå"."""
    following = tokens[at + length] if at + length < len(tokens) else None
    opens = not before or before[-1].tag in (Tag.CUE, Tag.AMOUNT, Tag.COMMA, Tag.AND, Tag.STOP)
    return opens and (
        following is None or following.kind is not Kind.WORD or following.plain in _GOES_ON
    )


_GOES_ON = frozenset({"og", "men", "så", "takk", "da"})


def _is_passed_over(token: Token) -> bool:
    """Whether a word by itself would be talk or an amount."""
    if token.kind is not Kind.WORD or token.plain in _SMALL or token.plain in ("og", "men"):
        return True
    return read_number_word(token.said) is not None


def _is_more(tokens: Sequence[Token], at: int, before: list[Piece], judge: Judge) -> bool:
    token = tokens[at]
    last = before[-1]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.plain == "ekstra":
        if last.tag is not Tag.AMOUNT:
            return False
        return following is None or following.said not in _EXTRA_WHAT
    closed = (
        following is None
        or following.kind in (Kind.COMMA, Kind.STOP)
        or (following.plain in _AFTER_MORE)
    )
    if last.tag is Tag.AMOUNT:
        return closed or (following is not None and is_ware_word(following, judge))
    if last.tag is Tag.WORD:
        return closed and any(piece.tag is Tag.AMOUNT for piece in before[-5:])
    return False


def _is_soft_pack(tokens: Sequence[Token], at: int, before: list[Piece]) -> bool:
    """ "kroner" after a price and the like: no ware of its own."""
    return tokens[at].plain in _MONEY and bool(before)


def _starts_ware(tokens: Sequence[Token], at: int, judge: Judge) -> bool:
    token = tokens[at]
    if token.plain == "med" and at + 1 < len(tokens):
        token = tokens[at + 1]
    return is_ware_word(token, judge) and token.plain not in FILLERS
