"""What the tasks of staff are called, and which of them cannot wait."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of task, in words.

    Attributes:
        title: what has happened.
        advice: what to do about it.
        weight: 0 is dealt with first.
    """

    title: str
    advice: str
    weight: int = 1


APPROVE = "approve"
#: Kinds of tasks whose note is an order that was confirmed; it is where they lead.
ABOUT_ORDERS = (APPROVE, "over_budget", "order_failed")
#: Kind of task -> what staff read. One that is missing here is shown as `OTHER`.
KINDS = {
    "urgent": Kind("Trenger hjelp med en gang", "Ring nå. Er det akutt, ring 113.", 0),
    "person": Kind("Vil snakke med et menneske", "Ring tilbake; kurven er lagret."),
    "not_understood": Kind("Kurv forsto ikke, tre ganger", "Ring og hjelp til med resten."),
    "not_identified": Kind("Kom ikke forbi PIN-koden", "Ring tilbake til dem du kjenner."),
    "pin_locked": Kind("Tre gale PIN-koder", "Ring og hør om det var dem; gi ny kode."),
    "call_failed": Kind("Samtalen brøt sammen", "Ring tilbake; kurven er lagret."),
    "not_reached": Kind("Svarte ikke da vi ringte", "Ring selv, eller ta det på neste besøk."),
    "cancel_order": Kind("Vil stoppe en sendt bestilling", "Ring butikken."),
    "order_failed": Kind("Butikken tok ikke imot bestillingen", "Se hvorfor, og bestill på nytt."),
    "sold_out": Kind("Noe er utsolgt", "Velg noe annet og bestill på nytt."),
    "over_budget": Kind("Bestilte for mer enn grensen", "Se over bestillingen sammen."),
    "sent_back": Kind("Ble ikke godkjent", "Se over kurven og bestill på nytt."),
    APPROVE: Kind("Må godkjennes", "En annen enn den som bekreftet, ser over og sender.", 2),
    "unknown_caller": Kind("Noen ringte fra et ukjent nummer", "Er det en av deres? Legg inn.", 3),
}
OTHER = Kind("Trenger deg", "Åpne og se hva det gjelder.")


def kind_of(kind: str) -> Kind:
    """How a task of this kind reads."""
    return KINDS.get(kind, OTHER)
