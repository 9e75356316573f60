"""The settings of a Kurv process: one frozen object, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
PACKAGED_DATA = Path(__file__).resolve().parent / "data"

POLICIES = ("allow", "staff_approve", "block")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and how strict Kurv is.

    Attributes:
        state_dir: folder for everything that is built or stored on this machine.
        catalogue: the product catalogue, a CSV file.
        synonyms: how people name products, a YAML file.
        database_url: SQLAlchemy URL of the store.
        data_keys: keys that personal data is sealed with, the newest first; empty: one that is
            made in `state_dir` (see `bot.parts.open_store`).
        grocer_url: base URL of the grocer's API; empty means that the command starts the simulator.
        grocer_token: the client token that the grocer gave us.
        grocer_password: the password of our orderer account at the grocer.
        speech_model: folder of a complete Vosk model; None: the one that `kurv speech build` makes.
        whisper_model: folder or name of a Whisper model that hears instead; empty: Vosk hears.
        service_token: shared secret between the bot's own processes.
        call_limit: telephone calls that are answered at the same time.
        dialler_url: control URL of the SIP program; empty: it does not ring or hand over calls.
        call_spool: Asterisk's folder of outgoing call files, another way to ring; None: not used.
        call_channel: how Asterisk dials a number, with `{number}` in it.
        alcohol_policy, tobacco_policy: `allow`, `staff_approve` or `block`.
        staff_url: what browsers reach the staff web by, "https://kurv.kommune.no"; empty: it is
            for this machine only.
        oidc_issuer, oidc_client_id, oidc_client_secret, oidc_level: the municipality's sign-in
            service and the level of proof that it must vouch for (docs/security.md).
    """

    state_dir: Path
    catalogue: Path
    synonyms: Path
    database_url: str
    data_keys: tuple[str, ...]
    grocer_url: str
    grocer_token: str
    grocer_password: str
    speech_model: Path | None
    whisper_model: str
    service_token: str
    call_limit: int
    dialler_url: str
    call_spool: Path | None
    call_channel: str
    alcohol_policy: str
    tobacco_policy: str
    staff_url: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_level: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; unset ones get their defaults.

        Raises:
            SettingsError: a value cannot be used; the text names the variable.
        """
        env = os.environ if environment is None else environment
        state = Path(env.get("KURV_STATE", "") or PROJECT_ROOT / ".kurv").expanduser()
        model = env.get("KURV_SPEECH_MODEL", "")
        spool = env.get("KURV_CALL_SPOOL", "")
        return cls(
            state_dir=state,
            catalogue=_existing_file(env, "KURV_CATALOGUE", PACKAGED_DATA / "catalogue.csv"),
            synonyms=_existing_file(env, "KURV_SYNONYMS", PACKAGED_DATA / "synonyms.yml"),
            database_url=env.get("KURV_DATABASE", "") or f"sqlite:///{state / 'kurv.db'}",
            data_keys=tuple(key for key in env.get("KURV_DATA_KEY", "").split(",") if key),
            grocer_url=env.get("KURV_GROCER_URL", ""),
            grocer_token=env.get("KURV_GROCER_TOKEN", "") or "kurv",
            grocer_password=env.get("KURV_GROCER_PASSWORD", "") or "kurv",
            speech_model=Path(model).expanduser() if model else None,
            whisper_model=env.get("KURV_WHISPER_MODEL", ""),
            service_token=env.get("KURV_SERVICE_TOKEN", ""),
            call_limit=_number(env, "KURV_CALLS", 20),
            dialler_url=env.get("KURV_DIALLER_URL", ""),
            call_spool=Path(spool).expanduser() if spool else None,
            call_channel=env.get("KURV_CALL_CHANNEL", "") or "PJSIP/{number}@provider",
            alcohol_policy=_policy(env, "KURV_ALCOHOL", "staff_approve"),
            tobacco_policy=_policy(env, "KURV_TOBACCO", "block"),
            staff_url=_staff_url(env.get("KURV_STAFF_URL", "")),
            oidc_issuer=env.get("KURV_OIDC_ISSUER", ""),
            oidc_client_id=env.get("KURV_OIDC_CLIENT_ID", ""),
            oidc_client_secret=env.get("KURV_OIDC_CLIENT_SECRET", ""),
            oidc_level=env.get("KURV_OIDC_LEVEL", ""),
        )


def _existing_file(env: Mapping[str, str], name: str, default: Path) -> Path:
    path = Path(env.get(name, "") or default).expanduser()
    if not path.is_file():
        raise SettingsError(f"{name} peker på «{path}», men der er det ingen fil; rett stien.")
    return path


def _policy(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, "") or default
    if value not in POLICIES:
        raise SettingsError(f"{name} er «{value}», men må være en av: {', '.join(POLICIES)}.")
    return value


def _staff_url(url: str) -> str:
    if url and not (url.startswith("https://") and url[len("https://") :].strip("/")):
        raise SettingsError("KURV_STAFF_URL må være en adresse som begynner med https://.")
    return url.rstrip("/")


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "") or str(default)
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise SettingsError(f"{name} er «{value}», men må være et helt tall over null.")
    return int(value)
