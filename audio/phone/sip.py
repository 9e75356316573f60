# /// script
# requires-python = ">=3.11"
# dependencies = ["baresip-python==0.5.2a3"]
# ///
"""A telephone line for Kurv: answers SIP calls and passes them on as AudioSocket.

A program of its own, because the SIP stack needs a newer Python than the bot:
``uv run --script audio/phone/sip.py --help``. With an Asterisk exchange it is not needed; see
docs/telephony.md. Nothing here hears, thinks or speaks: sound, keys and hang-ups go both ways
between one SIP call and one AudioSocket connection to ``kurv serve``. Logs carry ids only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

if not __package__:  # run as a program: the modules beside it are found from the project's folder
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from audio.phone.sip_control import control
from audio.phone.sip_gateway import Ends, Gateway

log = logging.getLogger("kurv.sip")


class UserError(Exception):
    """Something the person who starts this can mend; the text is Norwegian."""


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"Valgene ble ikke forstått ({message}). Skriv --help for å se dem.")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="sip.py",
        usage="uv run --script audio/phone/sip.py [valg]",
        add_help=False,
        description="Telefonlinje for Kurv: svarer på SIP-anrop og kobler dem til «kurv serve».",
        epilog="KURV_SERVICE_TOKEN er nøkkelen som «kurv serve» bruker. KURV_SIP_PASSWORD er "
        "passordet hos leverandøren. De leses fra miljøet, ikke fra kommandolinjen.",
    )
    add = parser.add_argument_group("valg").add_argument
    add("-h", "--help", action="help", help="Vis denne hjelpen.")
    add("--listen", default="0.0.0.0:5060", help="Adresse og port for SIP (%(default)s).")
    add("--domain", default="", help="Leverandøren eller sentralen; uten: bare lytte.")
    add("--user", default="kurv", help="Brukernavn, ofte telefonnummeret (%(default)s).")
    add("--auth-user", help="Brukernavn for innlogging, når det er et annet.")
    add("--proxy", help="Utgående proxy hos leverandøren.")
    add("--no-register", action="store_true", help="Ikke registrer; linjen er koblet fast.")
    add("--transport", choices=("udp", "tcp", "tls"), default="udp", help="(%(default)s)")
    add("--srtp", choices=("no", "sdes", "dtls"), default="no", help="Kryptert lyd (%(default)s).")
    add("--ca-file", help="Sertifikater som leverandørens TLS prøves mot (PEM).")
    add("--certificate", help="Vårt eget sertifikat med nøkkel, for TLS (PEM).")
    add("--codecs", default="pcma,pcmu", help="Lydformater, best først (%(default)s).")
    add("--rtp-ports", default="30000-30999", help="UDP-porter for lyd (%(default)s).")
    add("--kurv", default="http://127.0.0.1:5005", help="«kurv serve» (%(default)s).")
    add("--audiosocket", default="127.0.0.1:5039", help="Dens AudioSocket (%(default)s).")
    add("--control", default="127.0.0.1:5038", help="Her lytter vi for «kurv serve» (%(default)s).")
    add("--staff", default="", help="Nummer eller SIP-adresse til personalet, for overføring.")
    add("--verbose", action="store_true", help="Skriv mer i loggen; kan vise telefonnumre.")
    return parser.parse_args(arguments)


def _checked(options: argparse.Namespace) -> argparse.Namespace:
    """Return the options, completed. Raises UserError for one that cannot be."""
    for name in ("listen", "audiosocket", "control"):
        if not re.fullmatch(r"[^\s:]+:\d{1,5}", getattr(options, name)):
            raise UserError(f"--{name} skal være på formen 127.0.0.1:5060.")
    if not re.fullmatch(r"\d+-\d+", options.rtp_ports):
        raise UserError("--rtp-ports skal være på formen 30000-30999.")
    if not set(options.codecs.split(",")) <= {"pcma", "pcmu"}:
        raise UserError("--codecs kan være pcma, pcmu eller begge med komma mellom.")
    for name in ("ca_file", "certificate"):
        if (file := getattr(options, name)) and not os.access(file, os.R_OK):
            raise UserError(f"Filen «{file}» kan ikke leses; sjekk navnet.")
    options.register = bool(options.domain) and not options.no_register
    options.domain = options.domain or options.listen
    if re.fullmatch(r"\+?\d{3,15}", options.staff):
        options.staff = f"sip:{options.staff}@{options.domain}"
    elif options.staff and not re.fullmatch(r"sips?:[^\s@]+@\S+", options.staff):
        raise UserError("--staff skal være et telefonnummer eller sip:navn@adresse.")
    return options


async def _agent(options: argparse.Namespace, runtime: Any) -> Any:
    """Start the SIP stack and its one account."""
    import baresip

    host, port = _host_and_port(options.listen)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, port))  # the stack itself would go on without it
    listen = f"sip_listen {host}:{port}\n"
    if options.certificate:
        listen = f"sip_certificate {options.certificate}\n{listen}"
    if options.transport == "tls":
        listen += f"sip_listen {host}:{port + 1},tls\n"
    await runtime.start(
        baresip.Config(
            net_interface=None if host == "0.0.0.0" else host,
            max_concurrent_calls=None,  # who has no room is Kurv's to say, in words
            rtp_timeout=60,
            expose_headers=("P-Asserted-Identity",),
            native_log_level="info" if options.verbose else "error",
            extra_config_text=f"{listen}rtp_ports {options.rtp_ports}\n"
            + (f"sip_cafile {options.ca_file}\n" if options.ca_file else ""),
        )
    )
    encryption = {"no": (), "sdes": ("mediaenc=srtp-mand",), "dtls": ("mediaenc=dtls_srtp",)}
    return await baresip.UserAgent.create(
        runtime,
        baresip.Account(
            options.user,
            options.domain,
            os.environ.get("KURV_SIP_PASSWORD", ""),
            registrar=options.proxy,
            reg_interval=300 if options.register else 0,
            transport=options.transport,
            audio_codecs=tuple(options.codecs.split(",")),
            dtmf_mode="auto",
            auth_user=options.auth_user,
            extra_params=("catchall=yes", *encryption[options.srtp]),
        ),
        transfer_policy="reject",  # nobody makes us ring somebody else
    )


async def _register(agent: Any, domain: str, ended: asyncio.Event) -> None:
    """Register, again and again while the provider is not there. Raises UserError when refused.

    Once registered, the stack renews it by itself.
    """
    import baresip

    pause = 2.0
    while not ended.is_set():
        try:
            return await agent.register()
        except baresip.RegistrationError as error:
            if error.status in (401, 403, 404):
                raise UserError(
                    f"«{domain}» godtok ikke innloggingen ({error.status}). Sjekk --user og "
                    "KURV_SIP_PASSWORD."
                ) from None
            log.error("not registered (%s), again in %d s", error.status or "no answer", pause)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(ended.wait(), pause)
        pause = min(60.0, pause * 2)


async def serve(options: argparse.Namespace, token: str) -> None:
    """Answer calls until the process is told to end. Raises UserError."""
    import baresip

    ended = asyncio.Event()
    runtime = baresip.Runtime(command_timeout=10)
    runtime.on_dead = ended.set
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    try:
        agent = await _agent(options, runtime)
    except (baresip.BaresipError, ValueError, OSError) as error:
        raise UserError(f"SIP kunne ikke startes på {options.listen}: {error}.") from None
    try:
        sound = _host_and_port(options.audiosocket)
        ends = Ends(options.kurv, sound, token, options.domain, options.staff)
        gateway = Gateway(ends, agent)
        try:
            server = control(gateway, _host_and_port(options.control), token)
        except OSError:
            raise UserError(f"{options.control} kan ikke brukes; velg en annen port.") from None
        if options.register:
            await _register(agent, options.domain, ended)
        print(f"Telefonen er klar på {options.listen}.", flush=True)
        await ended.wait()
        server.shutdown()
        await gateway.close()
        if options.register:
            with contextlib.suppress(baresip.BaresipError):
                await agent.unregister(timeout=2)
    finally:
        await runtime.close()


def main(arguments: list[str] | None = None) -> int:
    """Run as a program; the exit status is 0 after a wanted end, 2 after a user's error."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level="INFO")
    logging.getLogger("baresip").setLevel(logging.ERROR)
    try:
        options = _checked(_options(sys.argv[1:] if arguments is None else arguments))
        if options.verbose:
            logging.getLogger("baresip").setLevel(logging.DEBUG)
        token = os.environ.get("KURV_SERVICE_TOKEN", "")
        if not token:
            raise UserError("KURV_SERVICE_TOKEN mangler; bruk den samme som til «kurv serve».")
        asyncio.run(serve(options, token))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
