"""Gives the shop an ear: how its words sound, worked out once and remembered in a file."""

import hashlib
import json
from pathlib import Path

from bot.data_files import load_shop
from bot.ordering.shop import Shop
from bot.settings import Settings

_AUDIO = Path(__file__).parents[2] / "audio"
#: What the sounds of a word depend on.
_SOURCES = (
    _AUDIO / "word_sounds.py",
    _AUDIO / "pronunciation.py",
    _AUDIO / "speech_model" / "letters_nb.npz",
    _AUDIO / "speech_model" / "lexicon_nb.tsv",
)
_MOST_NEW = 20_000


class WordSounds:
    """The sounds of words: those of the shop from a file, others when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Reads the file; one that is missing or broken only costs time (about 2 ms a word)."""
        self._path = path
        self._kept: dict[str, str] = {}
        self._new: dict[str, str] = {}
        try:
            kept = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            kept = None
        if isinstance(kept, dict):
            self._kept = kept

    def __call__(self, word: str) -> str:
        """See `bot.ordering.pronunciation.Pronounce`."""
        sounds = self._kept.get(word)
        if sounds is None:
            sounds = self._new.get(word)
        if sounds is None:
            from audio.word_sounds import word_sounds

            if len(self._new) >= _MOST_NEW:
                self._new.clear()
            sounds = self._new[word] = word_sounds(word)
        return sounds

    def keep(self) -> None:
        """Writes the words asked for so far to the file.

        To be called when the shop has been read and before anybody has said a word: what people
        say is not kept.
        """
        if not self._new:
            return
        self._kept.update(self._new)
        self._new.clear()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            scratch = self._path.with_suffix(".part")
            scratch.write_text(json.dumps(self._kept, ensure_ascii=False), "utf-8")
            scratch.replace(self._path)
        except OSError:
            return  # a folder that cannot be written costs a few seconds at every start


def hearing_shop(settings: Settings) -> Shop:
    """The shop of the settings, which also knows how its words sound.

    `load_shop` keeps it, so that everything in this process that asks for the shop gets this one.

    Raises:
        CatalogueError: the catalogue or the synonyms cannot be used.
    """
    digest = hashlib.sha256()
    for source in _SOURCES:
        digest.update(source.read_bytes())
    sounds = WordSounds(settings.state_dir / f"sounds-{digest.hexdigest()[:12]}.json")
    shop = load_shop(settings.catalogue, settings.synonyms, sounds)
    sounds.keep()
    return shop
