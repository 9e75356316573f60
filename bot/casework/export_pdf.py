"""An export of `bot.casework.privacy` as a PDF that the person themselves can read."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

#: How the parts and fields of an export are called in Norwegian.
LABELS = {
    "recipient_id": "Mottakerens nummer", "exported_at": "Skrevet ut", "person": "Opplysninger",
    "display_name": "Navn", "speech_rate": "Talehastighet", "alcohol_policy": "Regel for alkohol",
    "tobacco_policy": "Regel for tobakk", "delivery": "Ønsket levering", "budget": "Beløpsgrense",
    "allergies": "Allergier", "diets": "Kosthold", "substitutes": "Når noe er utsolgt",
    "reminders": "Påminnelser", "municipality": "Kommune", "district": "Distrikt",
    "address": "Adresse", "next_of_kin": "Pårørende", "note": "Merknad",
    "numbers": "Telefonnumre", "phone": "Telefonnummer", "agreed_times": "Avtalte oppringninger",
    "weekday": "Ukedag (0 er mandag)", "minute": "Minutter etter midnatt",
    "usual_list": "Fast handleliste", "product": "Vare", "quantity": "Antall",
    "orders": "Bestillinger", "order_id": "Bestilling", "status": "Tilstand",
    "created_at": "Begynt", "changed_at": "Sist endret", "confirmed_by": "Bekreftet av",
    "confirmed_with": "Bekreftet hvordan", "approved_by": "Godkjent av", "arrives": "Leveres",
    "grocer_reference": "Butikkens nummer", "grocer_total": "Å betale", "failure": "Feil",
    "lines": "Varer", "name": "Navn", "unit": "Enhet", "sum": "Kroner",
    "earlier_baskets": "Kurven tidligere", "revision": "Utgave", "consents": "Samtykker",
    "kind": "Slag", "product_id": "Varenummer", "instead_of": "I stedet for", "amount": "Beløp",
    "given_by": "Gitt av", "at": "Tidspunkt", "purchases": "Tidligere kjøp",
    "bought_at": "Kjøpt", "tasks": "Oppgaver", "task_id": "Oppgave", "done_at": "Ferdig",
    "calls": "Samtaler", "call_id": "Samtale", "direction": "Retning", "began_at": "Begynte",
    "ended_at": "Sluttet", "outcome": "Utfall", "takeovers": "Ansatt i samtalen",
    "staff_id": "Ansatt", "mode": "Hvordan", "since": "Siden",
    "utterances": "Det som ble sagt", "speaker": "Hvem", "text": "Tekst",
    "talk": "Hvor samtalen er", "access_log": "Hvem som har sett eller endret noe",
    "actor": "Hvem", "action": "Hva", "reason": "Hvorfor",
}  # fmt: skip
_MARGIN, _INDENT = 18.0, 5.0


def export_pdf(export: dict[str, Any]) -> bytes:
    """The export as a PDF file."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    pdf = FPDF(format="A4")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    pdf.add_font("kurv", fname=_font("DejaVuSans.ttf"))
    pdf.add_font("kurv", style="B", fname=_font("DejaVuSans-Bold.ttf"))
    pdf.set_title("Alt Kurv har lagret om en mottaker")
    pdf.set_lang("nb")
    pdf.add_page()
    _line(pdf, "Alt Kurv har lagret om deg", 16, bold=True)
    for name, value in export.items():
        if isinstance(value, dict | list):
            pdf.ln(4)
            _line(pdf, label(name), 12, bold=True)
            _write(pdf, value, 0)
        else:
            _line(pdf, f"{label(name)}: {_text(value)}")
    return bytes(pdf.output())


def label(name: str) -> str:
    """How a field is called; the state of a talk has names that only programmers know."""
    return LABELS.get(name, name)


def _write(pdf: FPDF, value: Any, depth: int) -> None:
    if not value:
        _line(pdf, "ingenting", depth=depth)
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict) or (isinstance(each, list) and _is_nested(each)):
                _line(pdf, f"{label(name)}:", depth=depth)
                _write(pdf, each, depth + 1)
            elif each not in (None, "", [], {}):
                _line(pdf, f"{label(name)}: {_text(each)}", depth=depth)
    else:
        for each in value:
            if isinstance(each, dict):
                _flat(pdf, each, depth)
            else:
                _line(pdf, _text(each), depth=depth)


def _flat(pdf: FPDF, row: dict[str, Any], depth: int) -> None:
    """A row of a list: its plain fields on one line, what is nested below it."""
    plain = {
        name: value
        for name, value in row.items()
        if value not in (None, "", [], {}) and not _is_nested(value)
    }
    text = ", ".join(f"{label(name)}: {_text(value)}" for name, value in plain.items())
    _line(pdf, "– " + text, depth=depth)
    for name, value in row.items():
        if value and _is_nested(value):
            _line(pdf, f"{label(name)}:", depth=depth + 1)
            _write(pdf, value, depth + 2)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict | list) for each in value)
    )


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value) or "ingen"
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return "ingen" if value is None else str(value)


def _line(pdf: FPDF, text: str, size: float = 9, bold: bool = False, depth: int = 0) -> None:
    pdf.set_font("kurv", style="B" if bold else "", size=size)
    pdf.set_x(_MARGIN + depth * _INDENT)
    pdf.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")


def _font(name: str) -> Path:
    """A font with all the letters of Norwegian and Sami; matplotlib carries it."""
    found = find_spec("matplotlib")
    assert found is not None and found.origin is not None, "matplotlib is a requirement"
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / name
