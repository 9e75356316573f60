"""Pieces that belong together: a pack word and its number, and the "og" inside a ware's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.ordering.amount import Amount
from bot.ordering.lemmas import word_set
from bot.ordering.pieces import Piece, Tag
from bot.ordering.segment import Judge
from bot.ordering.units import PACKS

_SIZE_ADJECTIVES = word_set(
    "stor stort store liten lita lite lille små vanlig vanlige ny nytt nye hel helt hele svær"
)


def pull_packs(pieces: list[Piece]) -> list[Piece]:
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


FLAVOURS = word_set(
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


def join_ands(pieces: list[Piece], judge: Judge) -> list[Piece]:
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
        pair = last.tokens[-1].said in FLAVOURS and first.tokens[0].said in FLAVOURS
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


PAIRS = frozenset(
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
    if (left.tokens[-1].said, right.tokens[0].said) not in PAIRS:
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
