"""Somebody who talks without Rasa and without a database, and what must hold whatever is said.

Used by the properties in `tests/unit/test_misuse_properties.py` and by the fuzzer beside this file.
The act is what a classifier could have said, and classifiers err: every act with every text must be
harmless.
"""

from __future__ import annotations

import re
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

from bot.data_files import load_shop
from bot.ordering.catalogue import Restriction
from bot.ordering.consent import is_plain_yes
from bot.ordering.conversation import Circumstances, Conversation, Outcome, stage
from bot.ordering.matcher import History
from bot.ordering.order import Order, Status
from bot.ordering.talk import Talk
from bot.turn import heard

ROOT = Path(__file__).resolve().parents[2]
SHOP = load_shop(ROOT / "tests" / "dialogues" / "shop.csv", ROOT / "bot" / "data" / "synonyms.yml")

#: What the classifier, or `bot.nlu`, can call a turn.
ACTS = (
    "greet", "add", "remove", "change", "replace", "basket", "price", "choose", "usual", "undo",
    "repeat", "slower", "help", "person", "cancel", "delivery", "done", "affirm", "deny", "thanks",
    "out_of_scope", "nlu_fallback", "unclear",
)  # fmt: skip
#: No single line of a basket may become larger, whatever is said.
MOST = Decimal(1000)
#: Characters that a turn may say, and those that each line of a basket adds when it is named.
LONGEST_REPLY, LONGEST_LINE = 600, 80
#: Seconds of computing for one turn of at most 1,000 characters.
SLOWEST = 2.0
_MARKUP = re.compile(r"[<>]|[$]\{|\{\{")


class Broken(AssertionError):
    """A promise was not kept; the message tells which, and what was said before."""


class Talker:
    """One person's talk, kept between turns as the store keeps it, with a diary.

    Attributes:
        diary: every turn's act and text.
        sent: order id and revision of each basket that was sent, in order.
    """

    def __init__(self, usual: tuple[tuple[str, Decimal], ...] = ()) -> None:
        self.order = Order("o1", "r1")
        self.talk = Talk()
        self.diary: list[tuple[str, str]] = []
        self.sent: list[tuple[str, int]] = []
        self._usual = usual
        self._latest: Order | None = None
        self._read: tuple[str, int] | None = None

    @property
    def basket(self) -> dict[str, Decimal]:
        """Product id -> quantity."""
        return {line.product_id: line.quantity for line in self.order.basket.lines}

    @property
    def stage(self) -> str:
        """Where the talk is."""
        return stage(self.order, self.talk)

    def says(self, act: str, text: str) -> Outcome:
        """Take a turn and check it.

        Raises:
            Broken: a promise was not kept.
        """
        text = heard(text).text
        self.diary.append((act, text))
        before, talk = self.order, self.talk
        began = time.process_time()
        turn = Conversation(SHOP, before, Talk.from_dict(talk.to_dict()), self._about())
        outcome = turn.handle(act, text)
        self._hold(time.process_time() - began < SLOWEST, "a turn took too long")
        self.order, self.talk = outcome.order, outcome.talk
        self._check_basket(before, outcome)
        self._check_said(outcome)
        self._check_sending(before, talk, outcome, text)
        return outcome

    def nothing_changed(self, act: str, text: str) -> Outcome:
        """A turn after which the basket must be as it was."""
        held = self.basket
        outcome = self.says(act, text)
        self._hold(self.basket == held, f"nonsense made {held} into {self.basket}")
        return outcome

    # -- the promises ----------------------------------------------------------------------------

    def _check_basket(self, before: Order, outcome: Outcome) -> None:
        after = outcome.order
        self._hold(after.order_id == before.order_id, "another order")
        self._hold(after.basket.revision >= before.basket.revision, "the revision went back")
        changed = after.basket.lines != before.basket.lines
        grew = after.basket.revision > before.basket.revision
        self._hold(grew or not changed, "a change without a new revision")
        for line in after.basket.lines:
            self._hold(line.product_id in _IDS, f"no such product: {line.product_id}")
            self._hold(0 < line.quantity <= MOST, f"{line.quantity} of {line.product_id}")
            self._hold(-line.quantity.as_tuple().exponent <= 3, f"{line.quantity} is no amount")  # type: ignore[operator]
            self._hold(line.product_id != "prince", "tobacco is blocked")

    def _check_said(self, outcome: Outcome) -> None:
        said = " ".join(outcome.texts)
        sent = any(effect.kind == "submit" for effect in outcome.effects)  # the service tells of it
        self._hold(sent or bool(said.strip()), "silence")
        most = LONGEST_REPLY + LONGEST_LINE * len(outcome.order.basket.lines)
        self._hold(len(said) <= most, f"{len(said)} characters were said")
        strange = [c for c in said if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")]
        self._hold(not strange, f"control characters were said: {strange!r}")
        self._hold(not _MARKUP.search(said), f"markup was said: {said!r}")

    def _check_sending(self, before: Order, talk: Talk, outcome: Outcome, text: str) -> None:
        key = (outcome.order.order_id, outcome.order.basket.revision)
        if any(effect.kind == "submit" for effect in outcome.effects):
            self._hold(before.status is Status.READ_BACK, "sent without a read-back")
            self._hold(self._read == key, "sent another basket than was read back")
            plain = is_plain_yes(text) or talk.unclear is not None
            self._hold(plain, "sent without a plain yes")
            self._hold(key not in self.sent, "sent twice")
            self.sent.append(key)
            self._latest = outcome.order
            self.order = Order(f"o{len(self.sent) + 1}", "r1")
            self._read = None
        elif outcome.order.status is Status.READ_BACK and before.status is not Status.READ_BACK:
            self._read = key
        elif outcome.order.status is not Status.READ_BACK:
            self._hold(outcome.order.is_open, "closed without being sent")
            self._read = None

    def _about(self) -> Circumstances:
        sent = self._latest if not self.order.basket.lines else None
        return Circumstances(
            history=History(),
            usual=lambda: self._usual,
            policy=_policy,
            speech_rate=1.0,
            delivery=lambda wish: "Varene kommer onsdag.",
            submitted=sent,
        )

    def _hold(self, kept: bool, promise: str) -> None:
        if not kept:
            raise Broken(f"{promise}\nafter: {self.diary[-8:]}")


_IDS = frozenset(product.product_id for product in SHOP.catalogue.products)


def _policy(restriction: Restriction) -> str:
    return "block" if restriction is Restriction.TOBACCO else "allow"
