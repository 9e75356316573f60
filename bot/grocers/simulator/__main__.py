"""`python -m bot.grocers.simulator`: the simulated grocer as a process of its own.

Prints one line, its URL, when it listens.
"""

import argparse
import sys
from pathlib import Path

from bot.errors import KurvError
from bot.grocers.simulator.failures import KINDS, Failure
from bot.grocers.simulator.server import Address, serve
from bot.ordering.catalogue import Catalogue


def main(arguments: list[str] | None = None) -> int:
    """Run it; the exit status is 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot.grocers.simulator", description=__doc__)
    parser.add_argument("--database", type=Path, required=True, help="SQLite file with its state")
    parser.add_argument("--catalogue", type=Path, required=True, help="CSV with what it sells")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--client-token", default="kurv")
    parser.add_argument("--password", default="kurv")
    parser.add_argument(
        "--fail",
        action="append",
        default=[],
        metavar="KIND[:ENDPOINT[:TIMES]]",
        help=f"fail from the start; kinds: {', '.join(KINDS)}; TIMES a number or «always»",
    )
    options = parser.parse_args(arguments)
    try:
        failures = [Failure.parse(each) for each in options.fail]
        with options.catalogue.open(encoding="utf-8-sig", newline="") as lines:
            catalogue = Catalogue.from_csv(lines, str(options.catalogue))
        serve(
            options.database,
            catalogue,
            options.host,
            options.port,
            announce=_print_url,
            client_token=options.client_token,
            password=options.password,
            failures=failures,
        )
    except KurvError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Får ikke åpnet «{error.filename}»: {error.strerror}.", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"--fail kan ikke brukes: {error}.", file=sys.stderr)
        return 1
    return 0


def _print_url(address: Address) -> None:
    print(address.url, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
