"""`kurv match` and `kurv orders`: look into the shop and the store."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.cli.output import out, print_json
from bot.cli.word_sounds import hearing_shop
from bot.ordering.matcher import Certain, Choice, Match
from bot.ordering.order import Order
from bot.parts import open_store, running_parts
from bot.service import order_event
from bot.settings import Settings

OUTCOMES = {"certain": "sikker", "choice": "velg", "unknown": "ukjent"}


def match(
    phrases: Annotated[list[str] | None, typer.Argument(help="Varer, slik folk sier dem.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")] = False,
) -> None:
    """Finn hvilken vare et uttrykk betyr."""
    settings = Settings.from_environment()
    shop = hearing_shop(settings)
    for phrase in phrases or _lines_of_stdin():
        result = _match_event(phrase, shop.find(phrase))
        if as_json:
            print_json(result)
        else:
            names = [f"{c['name']} ({c['product_id']})" for c in result["candidates"]]
            outcome = OUTCOMES[result["outcome"]]
            out.print(f"{phrase}: {outcome}: {'; '.join(names) or '-'}", markup=False)


def _lines_of_stdin() -> Iterable[str]:
    return (line.strip() for line in sys.stdin if line.strip())


def _match_event(phrase: str, found: Match) -> dict[str, Any]:
    candidates = found.candidates
    outcome = "unknown"
    if isinstance(found, Certain):
        outcome, candidates = "certain", (found.candidate,)
    elif isinstance(found, Choice):
        outcome = "choice"
    return {
        "phrase": phrase,
        "outcome": outcome,
        "candidates": [
            {
                "product_id": candidate.product.product_id,
                "name": candidate.product.full_name,
                "score": round(float(candidate.score), 1),
            }
            for candidate in candidates
        ],
    }


def orders(
    as_json: Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")] = False,
    recipient: Annotated[
        str | None, typer.Option("--recipient", help="Bare denne personens bestillinger.")
    ] = None,
    approve: Annotated[
        str | None, typer.Option("--approve", help="Godkjenn og send denne bestillingen.")
    ] = None,
) -> None:
    """Vis bestillingene, de nyeste først."""
    settings = Settings.from_environment()
    if approve is not None:
        with running_parts(settings) as parts:
            found = [parts.service.approve(approve, "kommandolinjen")]
        _show_orders(found, as_json)
        return
    store = open_store(settings)
    with store.transaction() as uow:
        found = [order for order in uow.orders(recipient) if order.basket.lines]
    _show_orders(found, as_json)


def _show_orders(found: list[Order], as_json: bool) -> None:
    if as_json:
        for order in found:
            print_json(order_event(order))
        return
    table = Table("Bestilling", "Person", "Status", "Butikkens nummer", "Varer", "Sum")
    for order in found:
        table.add_row(
            order.order_id,
            order.recipient_id,
            order.status.value,
            order.grocer_reference or "",
            str(len(order.basket.lines)),
            f"{order.basket.total:.2f}",
        )
    out.print(table if found else "Ingen bestillinger ennå.")
