"""The model card that training writes: what the model is, and what it has learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from audio.speech_model import shards


@dataclass
class Share:
    """What one source gave."""

    utterances: int = 0
    seconds: float = 0.0
    speakers: set[str] = field(default_factory=set)


def shares(files: Sequence[Path]) -> dict[str, Share]:
    """Return what each source gave, those held out apart."""
    found: dict[str, Share] = defaultdict(Share)
    for path in files:
        held = " (held out)" if "held-out" in path.name or "-test-" in path.name else ""
        for utterance in shards.read(path):
            share = found[utterance.source + held]
            share.utterances += 1
            share.seconds += utterance.seconds
            share.speakers.add(utterance.speaker)
    return dict(sorted(found.items()))


def write_card(path: Path, checkpoint: Path, files: Sequence[Path]) -> None:
    """Write the card of the model in *checkpoint*, trained on *files* of speech (needs torch)."""
    from audio.speech_model import network

    net, stored = network.load(str(checkpoint))
    error = stored.get("held_out_error")
    rows = [
        f"| {source} | {share.seconds / 3600:.2f} | {share.utterances} | {len(share.speakers)} |"
        for source, share in shares(files).items()
    ]
    weights = sum(int(np.prod(value.shape)) for value in net.parameters())
    told = "not measured" if error is None else f"{error:.1%} of speech frames wrong"
    text = f"""# Acoustic model for Vosk

Written by `kurv speech train`. Complete it with the licences of your corpora and your own figures
(`kurv speech evaluate`) before you pass the model on.

| | |
| --- | --- |
| Network | factorised TDNN, {net.shape.layers} layers of {net.shape.width} ({net.shape.narrow} \
narrow), {net.shape.outputs} sounds; {weights / 1e6:.2f} M weights |
| Trained | {date.today().isoformat()}, {stored.get("steps", 0)} steps |
| Speakers not trained on | {told} |

| Source | Hours | Utterances | Speakers |
| --- | --- | --- | --- |
{chr(10).join(rows)}

Limits: measure with recordings of the people who will use it. Sounds are those of eastern Norwegian
with western and northern variants in the lexicon; tones are not used.
"""
    path.write_text(text, encoding="utf-8")
