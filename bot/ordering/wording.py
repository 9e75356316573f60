"""What Kurv says: Norwegian bokmål, short, for somebody who is 82 and hears badly.

At most two sentences and one question in a turn. An option is said before its number, because a
number that comes first is forgotten before the option ends (W3C COGA). Sizes and prices are written
as on the shelf; `audio.speech_text` turns them into words for the voice.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from bot.ordering.basket import Basket, BasketLine

NUMBER_WORDS = (
    "null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv",
)  # fmt: skip
ORDINALS = ("én", "to", "tre")
OERE = Decimal("0.01")
#: Wares that are told in one go; more are told in groups.
AT_ONCE = 4

GREETING = "Hei! Hva vil du handle i dag?"
GREETING_AGAIN = "Hei igjen!"
MORE = "Noe mer?"
WHAT = "Hva vil du ha?"
WHAT_TO_CHANGE = "Greit, da bestiller jeg ikke ennå. Hva vil du endre?"
SHALL_I_ORDER = "Skal jeg bestille dette?"
EMPTY = "Kurven er tom."
NOTHING_TO_UNDO = "Det er ikke noe å angre."
NOTHING_SAID = "Jeg har ikke sagt noe ennå."
NO_USUAL = "Jeg har ingen vanlig liste for deg ennå."
ASK_CANCEL = "Skal jeg tømme hele kurven?"
CANCELLED = "Kurven er tømt, og ingenting er bestilt."
CANCEL_SENT = "Bestillingen er allerede sendt, så jeg har bedt hjemmehjelpen om å stoppe den."
NOT_CANCELLED = "Greit, kurven er som før."
SLOWER = "Jeg snakker saktere nå."
PERSON = (
    "Jeg har sagt fra til hjemmehjelpen at du vil snakke med noen.",
    "Kurven din er lagret.",
)
URGENT = (
    "Ring 113 hvis det er akutt.",
    "Jeg har sagt fra til hjemmehjelpen at du trenger hjelp med en gang.",
)
YES_OR_NO = "Skal jeg bestille dette? Si ja eller nei."
HELP = (
    "Si hva du vil ha, for eksempel «to liter melk», eller «ta bort melken».",
    "Si «ferdig» når du har alt, eller «menneske» for å snakke med noen.",
)
WELCOME = "Bare hyggelig."
NOT_UNDERSTOOD = (
    "Beklager, det forstod jeg ikke.",
    "Si bare navnet på én vare, for eksempel «melk», eller si «hjelp».",
    "Dette får jeg ikke til, så jeg har bedt hjemmehjelpen ta kontakt med deg; kurven er lagret.",
)
NOTHING_TO_CHOOSE = "Det er ikke noe å velge mellom akkurat nå."
NOTHING_HEARD = "Jeg hørte ingenting."
#: Said of what a person's history decided.
AS_USUAL = ", som du pleier"
OUT_OF_SCOPE = "Det kan jeg dessverre ikke hjelpe med, men jeg kan handle mat for deg."
ONLY_NORWEGIAN = "Jeg forstår dessverre bare norsk."
UNHEARD_WORD = "Ett ord hørte jeg ikke."
SAY_AGAIN = "Greit, si det én gang til. Hva vil du ha?"
BEFORE_DONE = "Først må jeg vite én ting."
EITHER = "Hva vil du ha"
FINE = "Greit."
WHAT_IS_WRONG = "Hva er feil? Si for eksempel «ta bort melken» eller «to brød»."
TAKE_YOUR_TIME = "Ta den tiden du trenger."
SORRY = "Beklager hvis jeg har misforstått deg."
GOODBYE = ("Greit, ingenting er bestilt.", "Si fra når du vil handle.")
GROCER_SLOW = "Bestillingen er lagret og sendes så snart butikken svarer."
WAITING_APPROVAL = "Bestillingen er lagret, og hjemmehjelpen må godkjenne den før den sendes."
DELIVERY_UNKNOWN = "Butikken svarer ikke akkurat nå, så jeg vet ikke når varene kommer."


#: How many things that somebody said are said back at once, and characters of each.
MOST_QUOTED, LONGEST_QUOTE = 6, 60


def join(parts: Sequence[str], last: str = "og") -> str:
    """A spoken list: `a, b og c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def quoted(phrases: Sequence[str]) -> str:
    """What somebody said, said back: each thing once, not too long, and not too many of them."""
    told = list(dict.fromkeys(_shortened(phrase) for phrase in phrases))
    more = ["noe til"] if len(told) > MOST_QUOTED else []
    return join([f"«{phrase}»" for phrase in told[:MOST_QUOTED]] + more)


def _shortened(phrase: str) -> str:
    plain = " ".join(phrase.split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[: LONGEST_QUOTE - 1].rstrip()} …"


def digits(value: Decimal) -> str:
    """A quantity in digits, with a comma."""
    return format(value.normalize(), "f").replace(".", ",")


def number(value: Decimal) -> str:
    """A quantity: in words to twelve when it is whole, otherwise in digits with a comma."""
    if value == value.to_integral_value():
        whole = int(value)
        return NUMBER_WORDS[whole] if 0 <= whole < len(NUMBER_WORDS) else str(whole)
    return digits(value)


def money(amount: Decimal) -> str:
    """Kroner as they are said: `123,40 kroner`, without øre when there are none."""
    rounded = amount.quantize(OERE, ROUND_HALF_UP)
    if rounded == rounded.to_integral_value():
        return f"{int(rounded)} {'krone' if rounded == 1 else 'kroner'}"
    return f"{rounded} kroner".replace(".", ",")


def item(name: str, quantity: Decimal, unit: str = "stk") -> str:
    """One line as it is said: `to Lettmelk 1 l`, `1,5 kg Poteter`; a single one is its name."""
    if unit == "kg":
        return f"{digits(quantity)} kg {name}"
    return name if quantity == 1 else f"{number(quantity)} {name}"


def line(basket_line: BasketLine) -> str:
    """A basket line as it is said."""
    return item(basket_line.name, basket_line.quantity, basket_line.unit)


def lines(basket: Basket) -> str:
    """Every line of the basket, as one spoken list."""
    return join([line(entry) for entry in basket.lines])


def contents(basket: Basket, lead: str = "I kurven har du") -> str:
    """What is in the basket and what it costs; the deposit (pant) apart.

    More than four wares are told in groups of three or four, with how many there are, so that
    somebody who is tired can follow.
    """
    if not basket.lines:
        return EMPTY
    deposit = f", pluss {money(basket.deposit_total)} i pant" if basket.deposit_total else ""
    if len(basket.lines) <= AT_ONCE:
        return f"{lead} {lines(basket)}, og det blir {money(basket.total)}{deposit}."
    count = number(Decimal(len(basket.lines)))
    told = grouped([line(entry) for entry in basket.lines])
    return f"{lead} {count} varer: {told}; det blir {money(basket.total)}{deposit}."


def grouped(items: Sequence[str]) -> str:
    """Groups of three or four: `først A, B og C; så D, E og F; og til slutt G, H og I`."""
    groups = -(-len(items) // AT_ONCE)
    size, longer = divmod(len(items), groups)
    parts, at = [], 0
    for place in range(groups):
        end = at + size + (place < longer)
        parts.append(join(items[at:end]))
        at = end
    leads = ["først", *["så"] * (groups - 2), "og til slutt"]
    return "; ".join(f"{lead} {part}" for lead, part in zip(leads, parts, strict=True))


def read_back(basket: Basket) -> str:
    """The whole basket before it is confirmed; the grocer takes something for bringing it."""
    return contents(basket, "Da har du").rstrip(".") + ", uten levering."


def undone(basket: Basket) -> str:
    """What the basket is after one step back."""
    return contents(basket, "Jeg angret det siste, og nå har du")


def condensed(sentences: Sequence[str], most: int = 2) -> str:
    """At most `most` sentences that say everything: a tired person does not follow more.

    The later ones are tied together with semicolons; nothing is left out.
    """
    if len(sentences) <= most:
        return " ".join(sentences)
    head, tail = sentences[: most - 1], sentences[most - 1 :]
    tied = "; ".join([tail[0].rstrip("."), *(_tied(each.rstrip(".")) for each in tail[1:])]) + "."
    return " ".join([*head, tied])


_SENTENCE_WORDS = frozenset(
    ("Jeg", "Det", "Da", "Så", "Nå", "Nærmeste", "Greit", "Ja", "Nei", "Vi", "Halve", "Billigst")
)


def _tied(sentence: str) -> str:
    """A sentence as it stands after a semicolon; names keep their capital."""
    first = sentence.split(" ", 1)[0].rstrip(",")
    return sentence[:1].lower() + sentence[1:] if first in _SENTENCE_WORDS else sentence


def options(names: Sequence[str]) -> str:
    """Options before their numbers: `Tine Lettmelk, én, Q Lettmelk, to, eller …`."""
    return join(
        [f"{name}: {ordinal}" for name, ordinal in zip(names, ORDINALS, strict=False)], "eller"
    )


def which(phrase: str, names: Sequence[str], act: str, own: str = "") -> str:
    """The question which product is meant; `own` is the phrase's own way of asking, if any."""
    if not names:
        return f"Hva vil du ha i stedet for {phrase}?"
    if len(names) == 1:
        return f"Mente du {names[0]}?"
    if own and act in ("add", "replace"):
        return f"{own.rstrip('? ')}: {options(names)}?"
    # "Hva slags" needs no gender: we cannot know that of a word that we may never have seen.
    asked = {"remove": "Hva skal bort", "change": "Hva vil du endre"}
    kind = f"Hva slags {phrase} vil du ha"
    if phrase.casefold().startswith(("uten ", "med ")):
        kind = f"Hva vil du ha {phrase}"  # "hva med noe uten sukker"
    return f"{asked.get(act, kind)}: {options(names)}?"


def which_again(names: Sequence[str]) -> str:
    """The same question once more, in few words: only what tells the options apart."""
    asked = f"{options(names)}?"
    return f"{asked[:1].upper()}{asked[1:]}" if names else "Hva vil du ha i stedet?"


def shall_i_take(name: str, amount: Decimal) -> str:
    """A single option, to be answered with yes or no."""
    return f"Skal jeg ta {name} til {money(amount)}?"


def take_or_leave(name: str, amount: Decimal, phrase: str) -> str:
    """Asked when somebody is done and one thing is still open."""
    return f"Skal jeg ta {name} til {money(amount)}, eller la {quoted([phrase])} være?"


def how_many_again(unit: str) -> str:
    """How much, once more and otherwise."""
    kilos = "Hvor mange kilo? Si for eksempel «én» eller «en halv»."
    return kilos if unit == "kg" else "Hvor mange skal det være? Si for eksempel «to»."


def back_to(phrase: str, question: str) -> str:
    """Leads back to what was asked about before."""
    return f"Så var det {phrase}: {question}"


def settled(phrase: str) -> str:
    """Said when a ware was named instead of answering a broad question."""
    return f"Da spør jeg ikke mer om {quoted([phrase])}."


def how_many(name: str, unit: str, suggested: Decimal | None) -> str:
    """The question how much of a product is meant."""
    if suggested is not None and suggested == 1 and unit != "kg":
        return f"Holder det med én {name}?"
    if suggested is not None:
        return f"Mente du {item(name, suggested, unit)}?"
    return f"Hvor {'mye' if unit == 'kg' else 'mange'} {name} vil du ha?"


def of_what(value: Decimal) -> str:
    """Asked when an amount was said and no ware."""
    return f"{number(value).capitalize()} av hva?"


def how_many_held(held: Sequence[str], phrase: str) -> str:
    """Answers "har jeg tatt kaviar?" and "hvor mange brød har jeg?"."""
    return f"I kurven har du {join(held)}." if held else f"Nei, «{phrase}» er ikke i kurven."


def whole_one(what: str) -> str:
    """Said when half of something was asked for that is sold whole."""
    return f"Halve har vi ikke, så det ble en hel: {what}."


def amount_noted(value: Decimal, unit: str) -> str:
    """Said when an amount was heard for a product that is still being asked about."""
    return f"Greit, {' '.join(part for part in (number(value), _plural(value, unit)) if part)}."


def _plural(value: Decimal, unit: str) -> str:
    """A pack word in the number that goes with `value`: `to poser`."""
    if value == 1 or unit not in _MANY:
        return unit
    return _MANY[unit]


_MANY = {
    "pakke": "pakker", "flaske": "flasker", "boks": "bokser", "pose": "poser", "tube": "tuber",
    "kartong": "kartonger", "eske": "esker", "kasse": "kasser", "rull": "ruller",
    "bunt": "bunter", "klase": "klaser", "krukke": "krukker", "kanne": "kanner", "bit": "biter",
    "plate": "plater", "skive": "skiver", "bøtte": "bøtter", "porsjon": "porsjoner",
    "sekk": "sekker", "potte": "potter", "l": "liter", "kg": "kilo",
}  # fmt: skip


def added(items: Sequence[str], remark: str = "") -> str:
    """What went into the basket, and a remark about it, such as `AS_USUAL`."""
    return f"Jeg la til {join(items)}{remark}."


def removed(items: Sequence[str]) -> str:
    """What went out of the basket."""
    return f"Jeg tok bort {join(items)}."


def changed(items: Sequence[str]) -> str:
    """What the amounts are now."""
    return f"Nå har du {join(items)}."


def replaced(old: str, new: str) -> str:
    """What went out and what came in."""
    return f"Jeg byttet {old} med {new}."


def not_found(phrases: Sequence[str]) -> str:
    """Phrases that no product fits: they are said, never dropped."""
    return f"{quoted(phrases)} fant jeg ikke."


def later(phrases: Sequence[str]) -> str:
    """Wares that were heard and are asked about after the one that is being asked about now."""
    return f"{quoted(phrases)} tar vi etterpå."


def day_not_possible(wish: str) -> str:
    """Said before the nearest time, when nothing comes on the day that was asked for."""
    return f"{wish.capitalize()} går dessverre ikke."


def no_other_size(name: str, kind: str) -> str:
    """What is said when a ware has no smaller ("mindre") or bigger pack."""
    return f"{name} har jeg ikke i {kind} pakning."


def sold_by_weight(name: str) -> str:
    """What is said when somebody counts in sacks what is sold by weight."""
    return f"{name} selges etter vekt."


def held_already(name: str) -> str:
    """What is said when somebody points at what they have: nothing is added."""
    return f"{name} ligger alt i kurven."


def not_in_basket(phrases: Sequence[str]) -> str:
    """Phrases that name nothing in the basket."""
    return f"{quoted(phrases)} er ikke i kurven."


def not_accounted(words: Sequence[str]) -> str:
    """Words that could not be placed."""
    return f"Jeg forstod ikke {quoted(words)}."


def mentioned(phrases: Sequence[str]) -> str:
    """Wares that were perhaps only spoken of: they are not in the basket."""
    return f"Du nevnte {quoted(phrases)}. Si fra hvis du skal ha det."


#: Said after what was added, when packs cannot give exactly what was asked for.
NEAREST_PACKS = "Det er det nærmeste jeg kommer med hele pakker."


def by_weight(name: str, wanted: Decimal, kilos: Decimal) -> str:
    """Said when a number of pieces became a weight."""
    return f"{name} selges etter vekt, og {number(wanted)} er omtrent {digits(kilos)} kg."


def nearest_size(wanted: Decimal, unit: str, size: str) -> str:
    """Said when no pack has the size that was asked for."""
    return f"Nærmeste pakning til {number(wanted)} {unit} er {size}."


def blocked(names: Sequence[str]) -> str:
    """Goods that the municipality does not let us order."""
    return f"{join(names)} kan jeg ikke bestille for deg."


def price(name: str, amount: Decimal, deposit: Decimal, unit: str) -> str:
    """What one product costs."""
    per = " per kilo" if unit == "kg" else ""
    pant = f" pluss {money(deposit)} i pant" if deposit else ""
    return f"{name} koster {money(amount)}{per}{pant}"


def heard_badly(text: str) -> str:
    """Asked when the recogniser is not sure."""
    return f"Jeg hørte ikke helt. Sa du {quoted([text])}?"


def left_out(heard: str) -> str:
    """Said when somebody went on without answering whether they had said this."""
    return f"{quoted([heard])} tok jeg ikke med."


def dropped(phrase: str) -> str:
    """Said when a question ends without a product."""
    return f"Greit, da lar jeg {quoted([phrase])} være."


def sold_out(names: Sequence[str]) -> str:
    """Said when the grocer cannot deliver something."""
    return f"Butikken er utsolgt for {join(names)}, så det er tatt ut."


def order_failed(reason: str) -> str:
    """Said when the grocer refuses; the order stays stored for staff."""
    return f"Butikken tok ikke imot bestillingen: {reason} Hjemmehjelpen har fått beskjed."


def already_sent(basket: Basket) -> str:
    """Said when somebody confirms once more: it was sent once, and only once."""
    return f"Bestillingen er allerede sendt, med {lines(basket)}."


def sent(delivery: str | None, total: Decimal | None) -> str:
    """Said when the grocer has acknowledged the order: what is to be paid, and when it comes."""
    paid = f", og med levering blir det {money(total)}" if total is not None else ""
    return " ".join(part for part in (f"Bestillingen er sendt{paid}.", delivery) if part)


WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


def delivery(opens: datetime, closes: datetime) -> str:
    """When the goods come; `opens` and `closes` are local times of one delivery window."""
    day = WEEKDAYS[opens.weekday()]
    return f"Varene kommer {day} mellom klokken {_clock(opens)} og {_clock(closes)}."


def _clock(time: datetime) -> str:
    return str(time.hour) if time.minute == 0 else f"{time:%H.%M}"


def delivery_noted(wish: str) -> str:
    """Said when a wish for a delivery time has been stored."""
    return f"Jeg har notert at du ønsker levering {wish}."
