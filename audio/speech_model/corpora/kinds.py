"""Which corpus is it?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audio.errors import CorpusError
from audio.speech_model.corpora import common_voice, gcompris, manifest, npsc, nst, tuxpaint
from audio.speech_model.corpora.recording import Recording

_KNOWN = "et manifest (TSV), NST, NPSC, Common Voice, GCompris eller Tux Paint"


def recordings(
    corpus: Path, *, skip_categories: frozenset[str] = frozenset()
) -> Iterator[Recording]:
    """Tell what was said in each recording of a corpus.

    *corpus* is a manifest file, or the folder into which a known corpus was unpacked.
    *skip_categories* concerns manifests (see :func:`audio.speech_model.corpora.manifest.read`).

    Raises CorpusError when it is none of these, or when it has a fault.
    """
    if corpus.is_file():
        return manifest.read(corpus, skip_categories=skip_categories)
    if not corpus.is_dir():
        raise CorpusError(f"Fant ikke talekorpuset {corpus}.")
    for kind in (nst, npsc, common_voice, gcompris, tuxpaint):
        if kind.is_here(corpus):
            return kind.read(corpus)
    raise CorpusError(f"{corpus} ser ikke ut som {_KNOWN}.")
