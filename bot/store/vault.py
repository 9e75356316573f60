"""Seals what is told about a person (name, address, health, words) before it reaches the database.

Fernet of the `cryptography` package: AES-128 in CBC with an HMAC and a time stamp. The first key
seals, any of them opens, so that keys can be changed while everything stays readable.
"""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import SettingsError, StoreError

#: What a Fernet token begins with; JSON never does.
_SEALED = "gAAAA"


class Vault:
    """Seals and opens texts with the municipality's keys."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """`keys`: Fernet keys, the newest first; none at all: texts are stored as they are.

        Raises:
            SettingsError: a key is none.
        """
        try:
            known = [Fernet(key) for key in keys]
        except ValueError as error:
            raise SettingsError(
                "KURV_DATA_KEY er ikke en gyldig nøkkel; lag en med «kurv staff new-key»."
            ) from error
        self._fernet = MultiFernet(known) if known else None
        self._newest = known[0] if known else None
        self._keys = tuple(keys)
        self._passing: MultiFernet | None = None

    def seal(self, text: str) -> str:
        """A text as it is stored; an empty one stays empty."""
        if not text or self._fernet is None:
            return text
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, stored: str) -> str:
        """The text again; one that was stored before there was a key is read as it is.

        Raises:
            StoreError: it was sealed with a key that we do not have.
        """
        if not stored.startswith(_SEALED):
            return stored
        if self._fernet is not None:
            try:
                return self._fernet.decrypt(stored.encode()).decode()
            except InvalidToken:
                pass
        raise StoreError("Personopplysningene kan ikke leses; KURV_DATA_KEY mangler nøkkelen.")

    def fingerprint(self, text: str) -> str:
        """What finds a sealed text again: alike for alike texts, of no use without the key.

        Without keys it is the text itself.
        """
        return self.fingerprints(text)[0]

    def fingerprints(self, text: str) -> tuple[str, ...]:
        """The fingerprints that a text may be stored under: by each key, the newest first, and as
        it was before there was a key."""
        made = [
            hmac.new(f"fingerprint {key}".encode(), text.encode(), hashlib.sha256).hexdigest()
            for key in self._keys
        ]
        return (*made, text)

    def is_sealed(self, stored: str) -> bool:
        """Whether somebody with a key wrote this; without keys everything counts as such."""
        return self._fernet is None or stored.startswith(_SEALED)

    def note(self, text: str) -> str:
        """A sealed note to ourselves that somebody else keeps for a while; see `read_note`."""
        return self._notes().encrypt(text.encode()).decode("ascii")

    def read_note(self, note: str, seconds: int) -> str | None:
        """What a note says; None: it is not ours, was changed, or is older than `seconds`."""
        try:
            return self._notes().decrypt(note.encode(), ttl=seconds).decode()
        except InvalidToken:
            return None

    def _notes(self) -> MultiFernet:
        # Without keys nothing is sealed in the database, but a note must be ours: a passing key.
        if self._passing is None:
            self._passing = self._fernet or MultiFernet([Fernet(Fernet.generate_key())])
        return self._passing

    def is_current(self, stored: str) -> bool:
        """Whether a stored text is as `seal` would make it now: sealed, and with the newest key."""
        if not stored or self._newest is None:
            return True
        try:
            self._newest.decrypt(stored.encode())
        except InvalidToken:
            return False
        return True
