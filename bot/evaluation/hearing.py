"""What the bot makes of an utterance in an empty talk: the act and the lines it would act on.

The same steps as in `bot.ordering.conversation`, without a basket: an emergency and a question
about goods come before the act that the trained bot hears, and what names a ware is an order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.ordering.acts import read_act
from bot.ordering.all_but import kept_ware
from bot.ordering.asking import read_inquiries
from bot.ordering.consent import split_done
from bot.ordering.context import is_abusive, is_urgent, points_only, says_only_amount
from bot.ordering.gist import gist
from bot.ordering.learned import EDITS, asks_for_person, edit_of, may_be_order, two_acts
from bot.ordering.lines import OrderLine, Request
from bot.ordering.match import Certain, Unknown
from bot.ordering.other_size import asks_for_other_size
from bot.ordering.outside import is_code, is_foreign
from bot.ordering.reading import not_told, read_request
from bot.ordering.request import parse
from bot.ordering.shop import Shop
from bot.ordering.usual import is_meant

#: Acts whose own expressions are questions, but none about goods.
KNOWN_QUESTIONS = frozenset(("basket", "delivery", "repeat", "help", "greet", "person", "usual"))
#: Acts after which the words are read as an order all the same.
ORDERING = EDITS | {"out_of_scope", "nlu_fallback", "usual", "choose"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What one utterance comes to.

    Attributes:
        act: what is done.
        lines: the order lines that are acted on.
        told: texts that are said back as not understood or not found.
        asks: whether a question about goods is answered.
    """

    act: str
    lines: tuple[OrderLine, ...]
    told: tuple[str, ...]
    asks: bool


class Listener:
    """Hears utterances as the bot would over one shop."""

    def __init__(self, shop: Shop, act_of: Callable[[str], str]) -> None:
        """`act_of` is the act that the trained bot hears."""
        self._shop = shop
        self._act_of = act_of

    def hear(self, text: str) -> Heard:
        """One utterance, at the beginning of a talk."""
        if is_urgent(text):
            return Heard("person", (), (), False)
        if is_code(text) or is_foreign(text):
            return Heard("out_of_scope", (), (), False)
        left = gist(self._act_of(text), text, self._shop)
        heard = self._hear(left.act, left.text)
        return replace(heard, told=(*heard.told, *left.doubted))

    def _hear(self, act: str, text: str) -> Heard:
        if kept_ware(text) is not None:
            return Heard("remove", (), (), False)
        request = read_request(text, self._shop)
        if asks_for_other_size(text, request):
            return Heard("choose", (), (), True)
        if asks_for_person(text) and not self._names_a_ware(request):
            return Heard("person", (), (), False)
        parts = two_acts(text)
        if parts is not None and (parts[1] or parts[3]) and not self._names_a_ware(request):
            return Heard(parts[1] or parts[3] or act, (), (), False)
        known = read_act(text)
        found = read_inquiries(text, self._shop.vocabulary)
        if found.inquiries and known not in KNOWN_QUESTIONS:
            rest = read_request(found.rest or "", self._shop)
            besides = self._besides(found.rest, rest)
            heard = self._order(besides or "price", rest)
            return Heard(heard.act, heard.lines if besides else (), heard.told, True)
        if may_be_order(act, text, request) and self._names_a_ware(request):
            act = "add"
        elif is_abusive(text) and known is None and not self._names_a_ware(request):
            act = "out_of_scope"
        act = edit_of(act, text, request, held=False)
        if act == "usual" and not is_meant(act, text):
            act = "add"  # "kaffe, samme som sist"
        elif is_meant(act, text):
            act = "usual"  # "det vanlige og en kringle"
        bare = bool(request.lines) and not any(line.phrase for line in request.lines)
        if act in ("out_of_scope", "nlu_fallback") and bare and says_only_amount(text):
            act = "add"  # "en til": of what was spoken of last
        order, done = split_done(text)
        if done and order and read_act(order) is None:
            request = read_request(order, self._shop)
            return self._order("add" if request.lines and act not in EDITS else act, request)
        return self._order(act, request)

    def read(self, text: str) -> Heard:
        """Only the lines, as the reader of orders gives them."""
        request = parse(text, self._shop.vocabulary)
        return Heard("", request.lines, tuple(said for _, _, said in request.unaccounted), False)

    def sold(self, phrase: str) -> bool:
        """Whether the shop has something that `phrase` may mean."""
        return bool(phrase) and not isinstance(self._shop.find(phrase), Unknown)

    def takes(self, phrase: str) -> bool:
        """Whether the shop takes something for `phrase` without asking."""
        return bool(phrase) and isinstance(self._shop.find(phrase), Certain)

    def _besides(self, rest: str, request: Request) -> str | None:
        """What is done beside a question, as the talk does it."""
        known = read_act(rest) if rest else None
        if known is not None:
            return known if known in EDITS else None
        wanted = [line for line in request.lines if not points_only(line.phrase)]
        acting = any(line.act for line in wanted)
        return "add" if acting or any(self.sold(line.phrase) for line in wanted) else None

    def _order(self, act: str, request: Request) -> Heard:
        lines = tuple(line for line in request.lines if act in EDITS or self._counts(act, line))
        # What the shop does not have is said back as not found; nothing is taken.
        unsold = tuple(line.phrase for line in lines if line.phrase and not self.sold(line.phrase))
        told = (*not_told(request), *unsold)
        return Heard(act, lines, told, False)

    def _counts(self, act: str, line: OrderLine) -> bool:
        if act == "choose" and (not line.phrase or points_only(line.phrase)):
            return line.amount is not None  # "to av den første"
        return act in ORDERING and not points_only(line.phrase) and self.sold(line.phrase)

    def _names_a_ware(self, request: Request) -> bool:
        return any(self.sold(line.phrase) for line in request.lines)
