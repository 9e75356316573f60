"""Tier: unit. Whole turns of the talk without Rasa or a database: every word is accounted for."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ordering import wording
from bot.ordering.catalogue import Catalogue, Restriction
from bot.ordering.conversation import Circumstances, Conversation, Outcome, stage
from bot.ordering.matcher import History
from bot.ordering.order import Order, Status
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms
from bot.ordering.talk import Talk

CATALOGUE = """\
product_id,name,brand,size,unit,price,category,gtin,restricted,deposit
m1,Lettmelk,Tine,1 l,stk,19.90,Melk,,,
m2,Lettmelk,Q,1 l,stk,18.90,Melk,,,
m3,Helmelk,Tine,1 l,stk,21.90,Melk,,,
b1,Kneippbrød,Bakehuset,750 g,stk,29.90,Brød,,,
k1,Kaffe kokmalt,Friele,250 g,stk,39.90,Kaffe,,,
k2,Kaffe kokmalt,Evergood,500 g,stk,69.90,Kaffe,,,
s1,Makrell i tomat,Stabburet,170 g,stk,16.90,Pålegg,,,
p1,Poteter,,,kg,15.90,Grønnsaker,,,
t1,Røde mix,Petterøes,50 g,stk,129.90,Tobakk,,tobacco,
o1,Pilsner,Ringnes,0.5 l,stk,29.90,Øl,,alcohol,2
e1,Egg,Prior,6 stk,stk,34.90,Egg,,,
e2,Egg,Prior,12 stk,stk,54.90,Egg,,,
"""
SHOP = Shop(Catalogue.from_csv(CATALOGUE.splitlines()), Synonyms.empty())


def policy(restriction: Restriction) -> str:
    return "block" if restriction is Restriction.TOBACCO else "allow"


class Person:
    """Somebody who talks; keeps the state between turns as the store does."""

    def __init__(self, **about: object) -> None:
        self.order = Order("o1", "r1")
        self.talk = Talk()
        self.about = Circumstances(
            history=History(),
            usual=lambda: (),
            policy=policy,
            speech_rate=1.0,
            delivery=lambda wish: None,
        )
        self.about = replace(self.about, **about)

    def says(self, act: str, text: str = "") -> Outcome:
        talk = Talk.from_dict(self.talk.to_dict())  # as the store keeps it
        outcome = Conversation(SHOP, self.order, talk, self.about).handle(act, text)
        self.order, self.talk = outcome.order, outcome.talk
        return outcome

    @property
    def basket(self) -> dict[str, Decimal]:
        return {line.product_id: line.quantity for line in self.order.basket.lines}

    @property
    def stage(self) -> str:
        return stage(self.order, self.talk)


@pytest.fixture
def person() -> Person:
    return Person()


def test_what_is_certain_goes_into_the_basket_and_is_said(person: Person) -> None:
    outcome = person.says("add", "jeg vil ha to kneippbrød og makrell i tomat")
    assert person.basket == {"b1": 2, "s1": 1}
    assert "to Bakehuset Kneippbrød 750 g" in outcome.texts[0]
    assert "Makrell i tomat" in outcome.texts[0]
    assert outcome.texts[-1] == wording.MORE


def test_what_is_not_certain_is_asked_and_the_rest_is_kept(person: Person) -> None:
    outcome = person.says("add", "to melk og et kneippbrød")
    assert person.basket == {"b1": 1}
    assert person.stage == "choosing"
    assert "Tine Lettmelk 1 l: én" in outcome.texts[-1]
    person.says("choose", "den andre")
    assert person.basket == {"b1": 1, "m2": 2}
    assert person.stage == "ordering"


def test_an_unknown_product_is_said(person: Person) -> None:
    outcome = person.says("add", "et kneippbrød og en trampoline")
    assert person.basket == {"b1": 1}
    assert "«trampoline» fant jeg ikke" in " ".join(outcome.texts)


def test_two_questions_are_asked_one_after_the_other(person: Person) -> None:
    person.says("add", "melk og kokmalt kaffe")
    assert len(person.talk.questions) == 2
    person.says("choose", "nummer en")
    assert person.stage == "choosing"
    assert set(person.basket) == {"m1"}
    person.says("choose", "den største")
    assert set(person.basket) == {"m1", "k2"}


def test_an_amount_alone_belongs_to_the_product_that_is_asked_about(person: Person) -> None:
    person.says("add", "litt melk")
    person.says("change", "to pakker")
    person.says("choose", "den første")
    assert person.basket == {"m1": 2}


def test_a_vague_amount_is_asked_right_after_the_product(person: Person) -> None:
    outcome = person.says("add", "litt melk og kokmalt kaffe")
    assert "«kokmalt kaffe» tar vi etterpå" in outcome.texts[0]
    person.says("choose", "den første")
    assert person.stage == "amount"
    person.says("add", "tre")
    assert person.basket == {"m1": 3}
    assert person.stage == "choosing"


def test_more_eggs_are_counted_in_packs(person: Person) -> None:
    person.says("add", "seks egg")
    person.says("add", "tolv egg til")
    assert person.basket == {"e1": 3}


def test_an_open_question_can_be_taken_back(person: Person) -> None:
    person.says("add", "kneippbrød og melk")
    person.says("remove", "ta bort melken")
    assert person.basket == {"b1": 1}
    assert person.talk.questions == ()


def test_a_correction_of_the_amount_is_no_choice(person: Person) -> None:
    person.says("add", "ti melk")
    person.says("change", "nei to")
    assert person.stage == "choosing"
    person.says("choose", "den første")
    assert person.basket == {"m1": 2}


def test_another_ware_of_the_department_does_not_replace_the_question(person: Person) -> None:
    person.says("add", "kokmalt kaffe")
    person.says("add", "helmelk")
    assert person.basket == {"m3": 1}
    assert person.stage == "choosing"


def test_yes_with_an_order_in_it_confirms_nothing(person: Person) -> None:
    person.says("add", "kneippbrød")
    person.says("done")
    person.says("affirm", "ja og to makrell i tomat")
    assert person.order.status is Status.DRAFT
    assert person.basket == {"b1": 1, "s1": 2}


def test_what_sounds_like_no_order_is_asked_about(person: Person) -> None:
    person.says("out_of_scope", "kneippbrød sang bestemor")
    assert person.basket == {}
    assert person.stage == "choosing"
    person.says("affirm", "ja")
    assert person.basket == {"b1": 1}


def test_undo_keeps_open_questions(person: Person) -> None:
    person.says("add", "kneippbrød og melk")
    person.says("undo", "angre")
    assert person.basket == {}
    assert person.stage == "choosing"


def test_another_wish_in_the_middle_of_a_question_loses_nothing(person: Person) -> None:
    person.says("add", "melk")
    outcome = person.says("add", "og to makrell i tomat")
    assert person.basket == {"s1": 2}
    assert person.stage == "choosing"
    assert "Lettmelk" in outcome.texts[-1]


def test_more_precise_words_answer_a_question(person: Person) -> None:
    person.says("add", "to melk")
    person.says("add", "helmelk")
    assert person.basket == {"m3": 2}
    assert person.talk.questions == ()


def test_a_question_can_be_declined_and_that_is_said(person: Person) -> None:
    person.says("add", "melk")
    outcome = person.says("deny", "nei")
    assert person.basket == {}
    assert "lar jeg «melk» være" in outcome.texts[0]


def test_done_waits_for_open_questions(person: Person) -> None:
    person.says("add", "kneippbrød og melk")
    person.says("done", "det var alt")
    assert person.stage == "choosing"


def test_read_back_then_yes_confirms_once(person: Person) -> None:
    person.says("add", "to kneippbrød")
    outcome = person.says("done", "det var alt")
    assert "to Bakehuset Kneippbrød 750 g" in outcome.texts[0] and "59,80" in outcome.texts[0]
    outcome = person.says("affirm", "ja")
    assert person.order.status is Status.CONFIRMED
    assert [effect.kind for effect in outcome.effects] == ["submit"]


def test_yes_without_a_read_back_confirms_nothing(person: Person) -> None:
    person.says("add", "to kneippbrød")
    outcome = person.says("affirm", "ja")
    assert person.order.status is Status.DRAFT
    assert outcome.effects == ()


def test_a_change_after_the_read_back_needs_a_new_one(person: Person) -> None:
    person.says("add", "to kneippbrød")
    person.says("done")
    person.says("add", "og makrell i tomat")
    assert person.order.status is Status.DRAFT
    person.says("affirm", "ja")
    assert person.order.status is Status.DRAFT


def test_that_was_wrong_after_the_read_back_refuses_and_takes_nothing_back(person: Person) -> None:
    person.says("add", "to kneippbrød")
    person.says("done")
    person.says("undo", "nei det var feil")
    assert person.order.status is Status.DRAFT
    assert person.basket == {"b1": 2}


def test_send_it_after_the_read_back_confirms_and_ready_does_not(person: Person) -> None:
    person.says("add", "to kneippbrød")
    person.says("done", "ferdig")
    outcome = person.says("done", "ferdig")
    assert outcome.texts == (wording.YES_OR_NO,)
    person.says("done", "send bestillingen")
    assert person.order.status is Status.CONFIRMED


def test_who_has_fallen_gets_more_than_a_message(person: Person) -> None:
    outcome = person.says("person", "jeg har falt")
    assert "113" in outcome.texts[0]
    assert [effect.value for effect in outcome.effects] == ["urgent"]


def test_no_after_the_read_back_leaves_it_unconfirmed(person: Person) -> None:
    person.says("add", "to kneippbrød")
    person.says("done")
    person.says("deny", "nei")
    assert person.order.status is Status.DRAFT
    person.says("affirm", "ja")
    assert person.order.status is Status.DRAFT


def test_no_more_means_done(person: Person) -> None:
    person.says("add", "kneippbrød")
    person.says("deny", "nei takk")
    assert person.stage == "read_back"


def test_remove_change_and_replace(person: Person) -> None:
    person.says("add", "to kneippbrød og makrell i tomat")
    person.says("remove", "ta bort brødet")
    assert person.basket == {"s1": 1}
    person.says("change", "endre makrell i tomat til tre")
    assert person.basket == {"s1": 3}
    person.says("replace", "bytt makrell i tomat med friele kaffe")
    assert person.basket == {"k1": 3}


def test_saying_the_same_again_asks_once(person: Person) -> None:
    person.says("add", "melk")
    person.says("add", "to melk og kneippbrød")
    assert len(person.talk.questions) == 1
    person.says("choose", "den første")
    assert person.basket == {"b1": 1, "m1": 2}


def test_a_question_that_is_never_answered_ends_at_a_person(person: Person) -> None:
    person.says("add", "melk")
    outcomes = [person.says("nlu_fallback", "blabla") for _ in range(3)]
    assert len({outcome.texts for outcome in outcomes}) == 3
    assert [effect.kind for effect in outcomes[2].effects] == ["task"]


def test_who_is_done_is_offered_one_and_then_it_is_left_out_and_said(person: Person) -> None:
    person.says("add", "kneippbrød og melk")
    outcome = person.says("done", "det var alt")
    assert outcome.understood
    assert "Skal jeg ta Tine Lettmelk 1 l" in outcome.texts[-1]
    outcome = person.says("done", "det var alt")
    assert "lar jeg «melk» være" in outcome.texts[0]
    assert person.stage == "read_back"
    assert person.basket == {"b1": 1}


def test_who_is_done_and_takes_what_is_offered_hears_the_basket(person: Person) -> None:
    person.says("add", "kneippbrød og melk")
    person.says("done", "det var alt")
    outcome = person.says("affirm", "ja")
    assert person.basket == {"b1": 1, "m1": 1}
    assert person.stage == "read_back"
    assert outcome.texts[-1] == wording.SHALL_I_ORDER


def test_the_newest_wish_is_asked_about_first_and_the_older_comes_back(person: Person) -> None:
    person.says("add", "melk")
    outcome = person.says("add", "og så kokmalt kaffe")
    assert "kaffe" in outcome.texts[-1]
    outcome = person.says("choose", "den første")
    assert person.basket == {"k1": 1}
    assert outcome.texts[-1].startswith("Så var det melk")


def test_a_question_is_put_in_other_words_and_then_as_a_proposal(person: Person) -> None:
    first = person.says("add", "melk").texts[-1]
    second = person.says("price", "hva koster kneippbrød").texts[-1]
    third = person.says("price", "hva koster makrell i tomat").texts[-1]
    assert len({first, second, third}) == 3
    assert len(second) < len(first)
    assert third.startswith("Skal jeg ta ")
    person.says("affirm", "ja takk")
    assert person.basket == {"m1": 1}


def test_yes_to_a_choice_takes_nothing_before_it_is_clear_which(person: Person) -> None:
    person.says("add", "melk")
    outcome = person.says("affirm", "ja den tar jeg")
    assert person.basket == {}
    assert outcome.texts[-1].startswith("Skal jeg ta Tine Lettmelk")
    person.says("deny", "nei")
    assert person.basket == {}
    assert person.stage == "ordering"


@pytest.mark.parametrize(
    "text",
    [
        "har dere makrell i tomat",
        "hva slags makrell har dere",
        "hvor stor er makrell i tomat",
        "hva koster makrellen",
    ],
)
def test_a_question_about_goods_orders_nothing(person: Person, text: str) -> None:
    outcome = person.says("add", text)
    assert person.basket == {}
    assert "Makrell i tomat" in outcome.texts[0]


def test_what_was_asked_about_can_be_taken(person: Person) -> None:
    person.says("add", "har dere makrell i tomat")
    person.says("affirm", "ja")
    assert person.basket == {"s1": 1}
    person.says("price", "hva koster kneippbrød")
    person.says("affirm", "ja")
    assert person.basket == {"s1": 1}
    person.says("price", "hva koster kneippbrød")
    person.says("affirm", "ja den tar jeg")
    assert person.basket == {"s1": 1, "b1": 1}


def test_an_order_and_a_question_in_one_turn(person: Person) -> None:
    person.says("add", "kneippbrød")
    text = "ta bort brødet, legg til to makrell i tomat, og hva koster helmelk"
    outcome = person.says("remove", text)
    assert person.basket == {"s1": 2}
    assert "21,90" in outcome.texts[0]


def test_a_yes_with_a_question_beside_it_sends_nothing(person: Person) -> None:
    person.says("add", "kneippbrød")
    person.says("done")
    person.says("affirm", "ja og hva koster helmelk")
    assert person.order.status is Status.READ_BACK
    person.says("affirm", "ja")
    assert person.order.status is Status.CONFIRMED


def test_another_kind_comes_in_its_place_after_no(person: Person) -> None:
    person.says("add", "to lettmelk")
    person.says("add", "nei helmelk")
    assert person.basket == {"m3": 2}


def test_the_other_one_of_a_choice(person: Person) -> None:
    person.says("add", "kokmalt kaffe")
    person.says("choose", "den første")
    assert person.basket == {"k1": 1}
    person.says("choose", "nei den andre")
    assert person.basket == {"k2": 1}
    person.says("choose", "ikke den, den billige")
    assert person.basket == {"k1": 1}


def test_words_that_point_back_at_amounts(person: Person) -> None:
    person.says("add", "to kneippbrød og makrell i tomat")
    person.says("out_of_scope", "en til")
    assert person.basket == {"b1": 2, "s1": 2}
    person.says("add", "det dobbelte")
    assert person.basket == {"b1": 2, "s1": 4}
    person.says("change", "halvparten")
    assert person.basket == {"b1": 2, "s1": 2}
    person.says("change", "en mindre")
    assert person.basket == {"b1": 2, "s1": 1}
    person.says("add", "enda en")
    assert person.basket == {"b1": 2, "s1": 2}


def test_so_many_of_each(person: Person) -> None:
    person.says("add", "kneippbrød og makrell i tomat")
    person.says("change", "tre av hver")
    assert person.basket == {"b1": 3, "s1": 3}


def test_everything_but_one(person: Person) -> None:
    person.says("add", "kneippbrød, helmelk og makrell i tomat")
    person.says("out_of_scope", "alt unntatt melken")
    assert person.basket == {"b1": 1, "s1": 1}
    person.says("remove", "ta bort alt unntatt brødet")
    assert person.basket == {"b1": 1}


def test_a_long_basket_is_read_in_groups(person: Person) -> None:
    person.says("add", "kneippbrød, helmelk, makrell i tomat, tolv egg, lettmelk og pilsner")
    outcome = person.says("done")
    assert "seks varer" in outcome.texts[0]
    assert "; og til slutt" in outcome.texts[0]


def test_one_of_two_wares_is_asked_about(person: Person) -> None:
    outcome = person.says("add", "helmelk eller kneippbrød")
    assert person.basket == {}
    assert "Helmelk" in outcome.texts[-1] and "Kneippbrød" in outcome.texts[-1]
    person.says("choose", "den andre")
    assert person.basket == {"b1": 1}


def test_taking_out_is_no_choice(person: Person) -> None:
    person.says("add", "kneippbrød og melk")
    person.says("choose", "ta bort den første")
    assert person.basket == {}


def test_another_ware_with_a_size_is_no_choice(person: Person) -> None:
    person.says("add", "kokmalt kaffe")
    person.says("add", "og så et halvt kilo poteter")
    assert person.basket == {"p1": Decimal("0.5")}
    assert person.stage == "choosing"


def test_a_price_limit_is_kept(person: Person) -> None:
    person.says("add", "en kaffe til under femti kroner")
    assert person.basket == {}
    assert "39,90" in " ".join(person.talk.last_reply)
    person.says("affirm", "ja")
    assert person.basket == {"k1": 1}


def test_choosing_without_a_question_is_no_order(person: Person) -> None:
    outcome = person.says("choose", "den første")
    assert outcome.texts[0] == wording.NOTHING_TO_CHOOSE
    assert person.talk.questions == ()


def test_replacing_with_nothing_named_is_asked(person: Person) -> None:
    person.says("add", "to kneippbrød")
    outcome = person.says("replace", "bytt kneippbrødet")
    assert outcome.texts[-1] == "Hva vil du ha i stedet for Bakehuset Kneippbrød 750 g?"
    person.says("add", "makrell i tomat")
    assert person.basket == {"s1": 2}


def test_a_correction_touches_the_last_product(person: Person) -> None:
    person.says("add", "kneippbrød")
    person.says("add", "makrell i tomat")
    person.says("change", "nei jeg mente tre")
    assert person.basket == {"b1": 1, "s1": 3}


def test_removing_what_is_not_there_is_said(person: Person) -> None:
    person.says("add", "kneippbrød")
    outcome = person.says("remove", "ta bort kaffen")
    assert person.basket == {"b1": 1}
    assert "ikke i kurven" in outcome.texts[0]


def test_undo_brings_back_the_basket(person: Person) -> None:
    person.says("add", "to kneippbrød")
    person.says("remove", "fjern kneippbrød")
    assert person.basket == {}
    person.says("undo", "angre")
    assert person.basket == {"b1": 2}
    person.says("undo", "angre")
    assert person.basket == {}


def test_cancelling_asks_first(person: Person) -> None:
    person.says("add", "to kneippbrød")
    person.says("cancel", "stryk alt")
    assert person.basket == {"b1": 2}
    person.says("deny", "nei")
    assert person.basket == {"b1": 2}
    person.says("cancel", "stryk alt")
    person.says("affirm", "ja")
    assert person.basket == {}


def test_a_vague_amount_is_asked(person: Person) -> None:
    outcome = person.says("add", "noen kneippbrød")
    assert person.basket == {}
    assert person.stage == "amount"
    assert outcome.texts[-1].startswith("Hvor mange")
    person.says("add", "tre")
    assert person.basket == {"b1": 3}


def test_a_couple_is_confirmed(person: Person) -> None:
    outcome = person.says("add", "et par kneippbrød")
    assert "Mente du to" in outcome.texts[-1]
    person.says("affirm", "ja")
    assert person.basket == {"b1": 2}


def test_very_many_are_asked_about(person: Person) -> None:
    person.says("add", "fem hundre kneippbrød")
    assert person.basket == {}
    assert person.stage == "amount"
    person.says("deny", "nei")
    person.says("add", "fem")
    assert person.basket == {"b1": 5}


def test_goods_by_weight_need_a_weight(person: Person) -> None:
    person.says("add", "poteter")
    assert person.stage == "amount"
    person.says("add", "to kilo")
    assert person.basket == {"p1": 2}


def test_blocked_goods_are_refused_and_said(person: Person) -> None:
    outcome = person.says("add", "kneippbrød og petterøes røde mix")
    assert person.basket == {"b1": 1}
    assert "kan jeg ikke bestille" in outcome.texts[0]


def test_usual_list_with_an_exception() -> None:
    usual = (("b1", Decimal(2)), ("s1", Decimal(1)), ("k1", Decimal(1)))
    person = Person(usual=lambda: usual)
    person.says("usual", "som vanlig men uten kaffe")
    assert person.basket == {"b1": 2, "s1": 1}


def test_history_decides_and_is_said() -> None:
    person = Person(history=History(counts={"m2": 5}, last=("m2",)))
    outcome = person.says("add", "melk")
    assert person.basket == {"m2": 1}
    assert "som du pleier" in outcome.texts[0]


def test_the_ladder_ends_at_a_person(person: Person) -> None:
    first = person.says("out_of_scope", "hva er meningen med livet")
    second = person.says("nlu_fallback", "blabla")
    third = person.says("nlu_fallback", "blabla")
    assert first.texts != second.texts != third.texts
    assert [effect.value for effect in third.effects] == ["not_understood"]
    assert person.talk.failures == 0


def test_success_resets_the_ladder(person: Person) -> None:
    person.says("nlu_fallback", "blabla")
    person.says("nlu_fallback", "blabla")
    person.says("add", "kneippbrød")
    assert person.talk.failures == 0


def test_repeat_says_the_same_again(person: Person) -> None:
    said = person.says("add", "kneippbrød").texts
    assert person.says("repeat", "hva sa du").texts == said


def test_slower_lowers_the_rate_but_not_for_ever(person: Person) -> None:
    outcome = person.says("slower", "saktere")
    assert [effect.kind for effect in outcome.effects] == ["rate"]
    assert float(outcome.effects[0].value) < 1
    slow = Person(speech_rate=0.55)
    assert float(slow.says("slower").effects[0].value) >= 0.5


def test_what_was_heard_badly_is_asked(person: Person) -> None:
    outcome = person.says("unclear", "to kneippbrød")
    assert person.basket == {}
    assert "to kneippbrød" in outcome.texts[-1]
    person.says("affirm", "ja")
    assert person.basket == {"b1": 2}


def test_what_was_heard_badly_and_passed_over_is_said_to_be_left_out(person: Person) -> None:
    person.says("unclear", "to kneippbrød")
    outcome = person.says("add", "makrell i tomat")
    assert person.basket == {"s1": 1}
    assert "«to kneippbrød» tok jeg ikke med" in outcome.texts[0]


def test_whether_it_was_heard_can_be_asked_once_more(person: Person) -> None:
    asked = person.says("unclear", "to kneippbrød").texts
    assert person.says("repeat", "hva sa du").texts == asked
    person.says("slower", "saktere")
    person.says("affirm", "ja")
    assert person.basket == {"b1": 2}


def test_a_doubtful_answer_is_taken_and_said_back(person: Person) -> None:
    person.says("add", "melk")
    outcome = person.says("unclear", "en første")
    assert person.basket == {"m1": 1}
    assert "Jeg la til Tine Lettmelk" in outcome.texts[0]


def test_a_doubtful_yes_sends_nothing(person: Person) -> None:
    person.says("add", "kneippbrød")
    person.says("unclear", "det var alt")
    assert person.stage == "read_back"
    for text in ("ja", "send bestillingen"):
        person.says("unclear", text)
        assert person.order.status is Status.READ_BACK
        person.says("deny", "nei")
        person.says("done", "ferdig")
    person.says("unclear", "ja")
    person.says("affirm", "ja")
    assert person.order.status is Status.CONFIRMED


def test_an_unheard_word_is_said(person: Person) -> None:
    outcome = person.says("add", "to kneippbrød og [unk]")
    assert person.basket == {"b1": 2}
    assert wording.UNHEARD_WORD in outcome.texts[0]


def test_the_amount_of_an_unheard_word_touches_nothing_else(person: Person) -> None:
    person.says("add", "to kneippbrød og tre [unk]")
    assert person.basket == {"b1": 2}
    person.says("replace", "bytt [unk] med makrell i tomat")
    assert person.basket == {"b1": 2}
    outcome = person.says("add", "[unk] og to makrell i tomat")
    assert person.basket == {"b1": 2, "s1": 2}
    assert wording.UNHEARD_WORD in outcome.texts[0]


def test_a_yes_with_an_unheard_word_sends_nothing(person: Person) -> None:
    person.says("add", "kneippbrød")
    person.says("done")
    person.says("affirm", "ja [unk]")
    assert person.order.status is Status.READ_BACK


def test_a_wish_for_delivery_is_kept(person: Person) -> None:
    outcome = person.says("delivery", "kan det komme torsdag kveld")
    assert person.order.delivery == "torsdag kveld"
    assert "torsdag kveld" in outcome.texts[0]


def test_price_of_a_product_changes_nothing(person: Person) -> None:
    outcome = person.says("price", "hva koster makrell i tomat")
    assert "16,90 kroner" in outcome.texts[0]
    assert person.basket == {}


ACTS = [
    "greet", "add", "remove", "change", "replace", "basket", "price", "choose", "usual", "undo",
    "repeat", "slower", "help", "person", "cancel", "delivery", "done", "affirm", "deny", "thanks",
    "out_of_scope", "nlu_fallback", "unclear",
]  # fmt: skip
TEXTS = [
    "", "ja", "nei", "to lettmelk", "kneippbrød og egg", "ta bort brødet", "den andre", "tre",
    "fem hundre poteter", "en trampoline", "bytt brødet med kaffe", "to til", "som vanlig",
    "[unk]", "to kneippbrød og tre [unk]", "ja [unk]", "noen egg",
    "petterøes røde mix", "/confirm", "torsdag", "<b>melk</b>", "🥛",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(TEXTS)), max_size=12))
def test_no_talk_breaks_or_confirms_what_was_not_read(turns: list[tuple[str, str]]) -> None:
    person = Person()
    for act, text in turns:
        before = person.order
        outcome = person.says(act, text)
        if person.order.status is Status.CONFIRMED:
            assert before.status is Status.READ_BACK
            assert before.read_revision == before.basket.revision == person.order.basket.revision
            return
        assert any(text for text in outcome.texts)
        assert len(outcome.texts) <= 2
        statement, *_ = outcome.texts
        assert len(re.findall(r"[.!?](?= |$)", statement)) <= 2, statement
