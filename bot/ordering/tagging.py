"""Tokens -> tagged pieces: amounts, cues, fillers, links, marks, and the words that are left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from bot.ordering.amount import ARTICLES, Amount, Read, read_amount
from bot.ordering.cues import Cue, read_cue
from bot.ordering.fillers import DESCRIBING, DETERMINERS, FILLERS, LINKS
from bot.ordering.lemmas import word_set
from bot.ordering.names import names
from bot.ordering.norwegian import Kind, Token
from bot.ordering.numbers import read_number, read_number_word
from bot.ordering.segment import Judge
from bot.ordering.stories import BEING, counts_people, is_condition, stays, verb_before
from bot.ordering.talk_words import AT_HOME, COMMENTS, VERBS
from bot.ordering.units import PACKS, SIZE_WORDS
from bot.ordering.wares import WARES


class Tag(Enum):
    """What a piece is."""

    WORD = "word"
    AMOUNT = "amount"
    LINK = "link"
    FILLER = "filler"
    CUE = "cue"
    COMMA = "comma"
    STOP = "stop"
    AND = "and"
    ASIDE = "aside"  # "tjue kroner", "fire personer", "klokka tre": a number that orders nothing


@dataclass(frozen=True, slots=True)
class Piece:
    """Some neighbouring tokens with one job.

    Attributes:
        tag: the job.
        tokens: the tokens, at least one.
        cue: for CUE, which.
        amount: for AMOUNT, what it says.
        article: the amount is only "en/ei/et".
        glued: belongs to the ware's words before it, whatever the vocabulary says.
        size: for WORD, it tells a size or a fat content ("1,5 %", "halvliter").
    """

    tag: Tag
    tokens: tuple[Token, ...]
    cue: Cue | None = None
    amount: Amount | None = None
    article: bool = False
    size: bool = False
    glued: bool = False

    @property
    def start(self) -> int:
        """First character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Character after the last one."""
        return self.tokens[-1].end

    @property
    def word(self) -> str:
        """The first token in bokmål."""
        return self.tokens[0].plain


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
# Cues of one ordinary word that are also parts of wares' names: only when no ware is so called.
_BROKEN_BY_WARE = frozenset({"kutt", "skip", "minus", "uten", "ingen", "utan", "utn", "ekstra"})


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
    return _join_ands(_pull_packs(pieces), judge)


_SIZE_ADJECTIVES = word_set(
    "stor stort store liten lita lite lille små vanlig vanlige ny nytt nye hel helt hele svær"
)


def _pull_packs(pieces: list[Piece]) -> list[Piece]:
    """ "en stor pakke med kjøttdeig": the pack word joins its number, the adjective the ware."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        sized = bool(out) and (out[-1].word in _SIZE_ADJECTIVES or out[-1].size)
        if sized and len(out) >= 3 and out[-2].tag is Tag.FILLER and out[-3].tag is Tag.AMOUNT:
            out[-3:-1] = [out[-2], out[-3]]  # "en sånn stor flaske"
        if sized and _is_pack(piece) and not (len(out) >= 2 and out[-2].tag is Tag.AMOUNT):
            lone = len(out) < 2 or out[-2].tag not in (Tag.WORD, Tag.LINK)
            if lone and following is not None and following.tag is Tag.WORD:
                # "liten boks makrell": one of them.
                one = Amount(Decimal(1), PACKS[piece.tokens[0].said])
                out.insert(-1, replace(piece, tag=Tag.AMOUNT, amount=one, article=True))
                continue
        if len(out) >= 2 and _is_pack(piece) and sized:
            number = out[-2]
            amount = number.amount
            if number.tag is Tag.AMOUNT and amount is not None and not amount.unit:
                unit = PACKS[piece.tokens[0].said]
                out[-2] = replace(
                    number,
                    tokens=(*number.tokens, *piece.tokens),
                    amount=replace(amount, unit=unit),
                    article=False,
                )
                continue
        after_pack = (
            sized and len(out) >= 2 and (out[-2].tag is Tag.AMOUNT and out[-2].end > out[-1].end)
        )
        if after_pack and piece.tag is Tag.LINK and piece.word in ("med", "av"):
            out[-2] = replace(out[-2], tokens=(*out[-2].tokens, *piece.tokens))
            continue
        out.append(piece)
    return out


def _is_pack(piece: Piece) -> bool:
    return piece.tag is Tag.WORD and len(piece.tokens) == 1 and piece.tokens[0].said in PACKS


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
    found = _own_cue(tokens, at, before) or read_cue(tokens, at)
    if found is not None and _ends_before_with(tokens, at, found[1], before):
        found = found[0], found[1] - 1  # "ett holder, med tolv (i)"
    if found is not None and not _cue_is_ware(tokens, at, found, before, judge):
        cue, end = _told_as_story(tokens, at, found)
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


#: Verbs beside "ikke" that speak of the order and not of somebody's life.
_ORDERING_VERBS = word_set(
    """
    har hadde ha tar ta tok tatt vil ville skal skulle må måtte er var blir ble bli får få fikk fått
    sa sagt mente mener mene så no da trenger trenge kjøpe kjøper bestille bestiller legge legger
    sende send sendt kan kunne husk huske gjør gjorde glemme bør
    """
)
_OTHERS = word_set(
    "de dem han hun man dere butikken naboen rema kiwi coop joker meny spar handelslaget"
)


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


_IDLE = word_set("like godt heller bare da så gjerne jo nå også bare med")


def _own_cue(tokens: Sequence[Token], at: int, before: list[Piece]) -> tuple[Cue, int] | None:
    """Cues that hang on what stands around them."""
    words = [token.plain for token in tokens[at : at + 3]]
    previous = tokens[at - 1] if at else None
    if (
        words[0] == "ta"
        and len(words) > 1
        and (
            previous is None
            or previous.plain in ("og", "så", "men", "heller", "bare")
            or previous.kind in (Kind.COMMA, Kind.STOP)
        )
    ):
        # "og ta en juice": not "ta bort", which is a longer cue.
        longer = read_cue(tokens, at)
        after = at + 1
        while after < len(tokens) and after < at + 4 and tokens[after].plain in _IDLE:
            after += 1
        if longer is None and after < len(tokens) and read_amount(tokens, after) is not None:
            return Cue.ADD, after
        if longer is None and _takes_other(tokens, at, before):
            return Cue.ADD, after  # "dropp kaffen og ta te i stedet"
    if words[0] in ("skriv", "sett", "noter", "før") and _takes_other(tokens, at, before):
        return read_cue(tokens, at) or (Cue.ADD, at + 1)  # "stryk kaffen og skriv te"
    if (
        words[:2] == ["sa", "jeg"]
        and at + 2 < len(tokens)
        and (previous is None or previous.plain in ("nei", "men") or previous.kind is Kind.STOP)
    ):
        return Cue.CORRECTION, at + 2  # "sa jeg fiskeboller? jeg mente …"
    if words[:2] in (["har", "vi"], ["har", "jeg"]) and before and before[-1].tag is Tag.WORD:
        # "kaffe har vi": there is enough of it.
        end = at + 2
        if end < len(tokens) and tokens[end].plain in ("nok", "allerede", "masse", "fortsatt"):
            end += 1
        if (
            end >= len(tokens)
            or tokens[end].kind in (Kind.COMMA, Kind.STOP)
            or (tokens[end].plain in ("men", "så", "og", "igjen", "fra"))
        ):
            return Cue.AWAY, end
    if words[0] == "har" and words[2:] == ["nok"]:
        return Cue.NOT, at + 1  # "jeg har melk nok"
    if (
        words[0] in ("ut", "inn")
        and before
        and before[-1].tag is Tag.WORD
        and (at + 1 >= len(tokens) or tokens[at + 1].kind in (Kind.COMMA, Kind.STOP, Kind.AND))
    ):
        return (Cue.AWAY if words[0] == "ut" else Cue.ADD), at + 1  # "kaffe ut, te inn"
    if words[:2] in (["det", "var"], ["det", "er"]):
        # "det var tre egg igjen": no wish.
        for token in tokens[at + 2 : at + 9]:
            if token.plain in ("så", "men") or token.kind in (Kind.COMMA, Kind.STOP):
                break
            if token.plain == "igjen":
                return Cue.CHAT, at + 2
    if words[0] == "for" and at + 1 < len(tokens):
        # "for to uker siden fikk jeg"
        read = read_amount(tokens, at + 1)
        if read is not None and [t.plain for t in tokens[read.end + 1 : read.end + 2]] == ["siden"]:
            end = read.end + 2
            if [t.plain for t in tokens[end : end + 2]] in (["fikk", "jeg"], ["fikk", "vi"]):
                end += 2
            return Cue.CHAT, end
    return None


def _takes_other(tokens: Sequence[Token], at: int, before: list[Piece]) -> bool:
    """Whether "ta" after something that goes out says what comes: not "ta … bort"."""
    removed = any(piece.cue in (Cue.REMOVE, Cue.NOT) for piece in before if piece.tag is Tag.CUE)
    if not removed:
        return False
    rest = [token.plain for token in tokens[at + 1 : at + 7]]
    return not any(word in _GOING_OUT for word in rest)


_GOING_OUT = frozenset({"bort", "vekk", "ut", "av", "tilbake"})


def _told_as_story(tokens: Sequence[Token], at: int, found: tuple[Cue, int]) -> tuple[Cue, int]:
    """A no that tells something: "jeg tør ikke gå", "de hadde ikke kaffe"."""
    cue, end = found
    words = [token.plain for token in tokens[at:end]]
    before = tokens[at - 1].plain if at else ""
    if cue is Cue.ADD and words[-1] in ("glemte", "glemt") and before in ("dere", "du", "de"):
        return Cue.CHAT, end
    if words == ["ikke", "mer"] and before in VERBS and before not in _ORDERING_VERBS:
        return Cue.CHAT, end
    if words[-1] != "ikke" or cue not in (Cue.NOT, Cue.ADD):
        return found
    if words[0] in ("har", "hadde") or words == ["ikke"]:
        subject = tokens[at - 2].plain if words == ["ikke"] and at > 1 else before
        if subject in _OTHERS and (words != ["ikke"] or before in ("har", "hadde")):
            return Cue.CHAT, end
    if words != ["ikke"]:
        return found
    following = tokens[end].plain if end < len(tokens) else ""
    doing = verb_before(tokens, at)
    if doing in VERBS and doing not in _ORDERING_VERBS:
        return Cue.CHAT, end
    if is_condition(tokens, at) or (doing in BEING and following == "så"):
        return Cue.CHAT, end  # "det er ikke så lett"
    if following in VERBS and following not in _ORDERING_VERBS:
        return Cue.FILLER, end
    return found


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
            and not _is_ware_word(following, judge)
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
            if taste in _FLAVOURS and judge.coverage((*words, taste)) >= least:
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
        if joined and (told[-1].said, beyond[1].said) in _PAIRS:
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
        return closed or (following is not None and _is_ware_word(following, judge))
    if last.tag is Tag.WORD:
        return closed and any(piece.tag is Tag.AMOUNT for piece in before[-5:])
    return False


def _is_ware_word(token: Token, judge: Judge) -> bool:
    return token.kind is Kind.WORD and judge.coverage((token.said,)) >= 0.8


#: What a ware may be without: "uten sukker" tells which one, "uten melk" takes the milk out.
_TRAITS = word_set(
    """
    salt sukker laktose gluten koffein alkohol parfyme stein steiner skinn bein ben skall fett
    kullsyre bobler fruktkjøtt skorpe tilsetninger smak
    """
)


def _cue_is_ware(
    tokens: Sequence[Token], at: int, found: tuple[Cue, int], before: list[Piece], judge: Judge
) -> bool:
    """Whether a cue's words belong to a ware here: "melk uten laktose", "bart", "mindre salt"."""
    cue, end = found
    words = [token.plain for token in tokens[at:end]]
    last = before[-1] if before else None
    after_ware = last is not None and last.tag is Tag.WORD
    if cue is Cue.NOT and words[0] in ("uten", "utan", "utn") and len(words) == 1:
        if at and tokens[at - 1].plain in ("være", "er", "vær", "bli"):
            return True  # "det må være uten sukker": how it must be, and nothing is taken out
        opens = not any(piece.tag in (Tag.WORD, Tag.CUE, Tag.AMOUNT) for piece in before)
        trait = end < len(tokens) and tokens[end].plain in _TRAITS
        if opens and (trait or (last is not None and last.word in DETERMINERS)):
            return True  # "uten sukker", "den uten salt": which one, and nothing is taken out
        told = (
            last is not None
            and last.tag is Tag.FILLER
            and (last.word in DETERMINERS or last.word in ("helst", "gjerne"))
        )
        return after_ware or (told and any(piece.tag is Tag.WORD for piece in before))
    if words == ["legg", "te"]:
        follows = end < len(tokens) and (
            _is_ware_word(tokens[end], judge) or read_amount(tokens, end) is not None
        )
        return not follows
    if len(words) == 1 and words[0] in _BROKEN_BY_WARE and end < len(tokens):
        return judge.coverage((tokens[at].said, tokens[end].said)) >= 0.95
    smaller = cue is Cue.LESS and words[-1] in ("mindre", "minder") and end < len(tokens)
    if smaller and tokens[end].said in PACKS and at and tokens[at - 1].plain in ARTICLES | {"i"}:
        return True  # "kan jeg få den i en mindre pakke"
    if cue in (Cue.LESS, Cue.MORE) and len(words) == 1 and end < len(tokens) and after_ware:
        # "juice med mindre sukker", "mer" inside a name.
        return judge.coverage([last.tokens[0].said if last else "", tokens[at].said]) >= 0.99
    return False


def _is_soft_pack(tokens: Sequence[Token], at: int, before: list[Piece]) -> bool:
    """ "kroner" after a price and the like: no ware of its own."""
    return tokens[at].plain in _MONEY and bool(before)


def _starts_ware(tokens: Sequence[Token], at: int, judge: Judge) -> bool:
    token = tokens[at]
    if token.plain == "med" and at + 1 < len(tokens):
        token = tokens[at + 1]
    return _is_ware_word(token, judge) and token.plain not in FILLERS


# -- "og" inside a ware's name ---------------------------------------------------------------------

_FLAVOURS = word_set(
    """
    salt pepper løk rømme hvitløk ost skinke eple pære banan jordbær bringebær blåbær skogsbær
    vanilje sjokolade sitron lime ingefær honning chili paprika dill kanel mango urter basilikum
    kokos nøtter rosiner karamell mynte appelsin gulrot tomat mais bønner bacon mandel havre rug
    pasjonsfrukt ananas fersken melon rabarbra tranebær solbær kirsebær eddik persille sopp purre
    spinat squash kylling biff skalldyr reker egg majones mandler hasselnøtt peanøtt lakris
    lavendel aloe vera kamille såpe cream onion vinegar lemon fish chips mac cheese hyben nype rød
    grønn gul hvit svart blå røde grønne gule hvite svarte lett lettere
    """
)


def _join_ands(pieces: list[Piece], judge: Judge) -> list[Piece]:
    """Turn the "og" of "salt og pepper chips" into a link; "ost og skinke" stays two wares.

    Only when all the words stand in one product, two flavours meet at the "og", and a word beside
    them (the ware itself) is part of it, or a link word before them says that they are its content.
    """
    out = list(pieces)
    for at, piece in enumerate(pieces):
        if piece.tag is not Tag.AND or not 0 < at < len(pieces) - 1:
            continue
        if _glue_pair(out, at):
            continue
        left = _words_left(out, at)
        right = _words_right(pieces, at)
        if not left or not right:
            continue
        linked = any(part.tag is Tag.LINK for part in out[at - len(left) : at])
        last = next((p for p in reversed(left) if p.tag is Tag.WORD), None)
        first = right[0]
        if last is None or first.tag is not Tag.WORD:
            continue
        pair = last.tokens[-1].said in _FLAVOURS and first.tokens[0].said in _FLAVOURS
        if not (pair or linked):
            continue
        said_left = [t.said for p in left if p.tag is Tag.WORD for t in p.tokens]
        for size in range(len(right), 0, -1):
            said_right = [t.said for p in right[:size] if p.tag is Tag.WORD for t in p.tokens]
            if len(said_left) + len(said_right) < 3:
                continue
            if judge.coverage([*said_left, *said_right]) >= 0.99:
                out[at] = replace(piece, tag=Tag.LINK)
                break
    return out


_PAIRS = frozenset(
    {
        ("salt", "pepper"), ("rømme", "løk"), ("løk", "rømme"), ("ost", "løk"), ("salt", "eddik"),
        ("ost", "skinke"), ("skinke", "ost"), ("cream", "onion"), ("cheese", "onion"),
        ("salt", "vinegar"), ("eple", "kanel"), ("paprika", "chili"), ("ost", "bacon"),
        ("sukker", "kanel"), ("storfe", "svin"), ("svin", "storfe"), ("jordbær", "banan"),
    }
)  # fmt: skip
_CARRIERS = word_set(
    """
    kjøttdeig deig karbonader chips potetgull potetskiver pizza pizzaer toast pai grateng baguett
    baguette dip dippen dipp dressing saus nøtter peanøtter snacks popcorn kjeks ostepop yoghurt
    yogurt smoothie grøt barnegrøt potetchips chipsen pizzaen calzone rundstykke ostesmørbrød
    """
)


def _glue_pair(out: list[Piece], at: int) -> bool:
    """ "salt og pepper" beside chips is a flavour, whatever the shop has."""
    left, right = out[at - 1], out[at + 1]
    if left.tag is not Tag.WORD or right.tag is not Tag.WORD:
        return False
    if (left.tokens[-1].said, right.tokens[0].said) not in _PAIRS:
        return False
    after = out[at + 2] if at + 2 < len(out) else None
    before = out[at - 2] if at >= 2 else None
    if before is not None and before.tag is Tag.LINK and at >= 3:
        before = out[at - 3]
    follows = after is not None and after.tag is Tag.WORD and after.tokens[0].said in _CARRIERS
    leads = before is not None and before.tag is Tag.WORD and before.tokens[-1].said in _CARRIERS
    if not (follows or leads):
        return False
    out[at] = replace(out[at], tag=Tag.LINK)
    out[at + 1] = replace(right, glued=True)
    if follows and after is not None:
        out[at + 2] = replace(after, glued=True)
    if leads:
        out[at - 1] = replace(left, glued=True)
    return True


def _words_left(pieces: Sequence[Piece], at: int) -> list[Piece]:
    found: list[Piece] = []
    for piece in reversed(pieces[max(0, at - 5) : at]):
        if piece.tag not in (Tag.WORD, Tag.LINK):
            break
        found.insert(0, piece)
    while found and found[0].tag is Tag.LINK:
        found.pop(0)
    return found


def _words_right(pieces: Sequence[Piece], at: int) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces[at + 1 : at + 5]:
        if piece.tag is not Tag.WORD:
            break
        found.append(piece)
    return found
