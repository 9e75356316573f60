"""What a caller hears besides the talk itself: short, kind, and nothing personal before the PIN."""

from __future__ import annotations

from bot.ordering import wording
from bot.ordering.basket import Basket

HELLO = "Hei! Dette er handletelefonen."
HELLO_WE_RANG = "Hei! Dette er handletelefonen, som ringer som avtalt."
PIN = "Tast eller si koden din."
PIN_AGAIN = "Si koden én gang til, eller tast den på telefonen."
PIN_ARE_YOU_THERE = "Er du der? Tast eller si koden din, eller tast null for et menneske."
PIN_LENGTH = "Jeg fikk ikke med meg hele koden. Tast den på telefonen, ett tall om gangen."
PIN_WRONG = (
    "Den koden stemte ikke. Prøv en gang til.",
    "Den koden stemte heller ikke. Du har ett forsøk igjen. Tast koden, ett tall om gangen.",
)
PIN_WRONG_LAST = "Beklager, koden stemte ikke. Hjemmehjelpen har fått beskjed og hjelper deg."
LOCKED = "Koden er låst en stund, fordi den ble feil flere ganger. Hjemmehjelpen har fått beskjed."
UNKNOWN_CALLER = (
    "Jeg kjenner ikke nummeret du ringer fra, så jeg får ikke handlet for deg. "
    "Hjemmehjelpen har fått beskjed."
)
PERSON_TOLD = "Jeg har sagt fra til hjemmehjelpen at du vil snakke med noen."
TO_STAFF = "Jeg prøver å sette deg over til et menneske. Vent litt."
NOT_IDENTIFIED = "Jeg fikk ikke tak i koden. Hjemmehjelpen har fått beskjed."
RING_LATER = "Jeg prøver igjen senere."
GOODBYE = "Ha det bra!"
NO_ONE_FREE = "Det er ingen ledige akkurat nå, men hjemmehjelpen har fått beskjed."
KEPT = "Det du har i kurven, er lagret."
GO_ON_MEANWHILE = "Vil du ha noe mer imens, så si det."
BUSY = "Det er mange som ringer nå. Prøv igjen om litt."
CLOSING = "Nå må jeg dessverre legge på. Det du har i kurven, er lagret. Ring igjen om litt."
BROKE = "Beklager, noe gikk galt hos meg. Kan du si det en gang til?"
BROKEN = "Beklager, dette får jeg ikke til nå. Hjemmehjelpen har fått beskjed."
GO_ON = "Fint. Hva mer vil du ha?"
SHALL_WE_GO_ON = "Skal vi fortsette?"
GO_ON_WITH_IT = "Vil du fortsette med den?"
THANKS = "Takk."


def last_time(basket: Basket) -> str:
    """What lies in the basket of a call that broke off within the last day."""
    return f"Sist hadde vi kommet til: {wording.lines(basket)}."


def old_basket(basket: Basket) -> str:
    """What lies in a basket that is older than that."""
    return f"Du har en gammel handlekurv med {wording.lines(basket)}."


def pressed(key: str) -> str:
    """A telephone key, for staff who lead the talk."""
    return f"(tast {key})"
