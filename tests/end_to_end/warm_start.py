"""Starts the command `kurv` in processes whose slow imports are done already.

Importing Rasa costs more than most of what the tests run. One process imports everything, and is
forked for each command: the child has its own arguments, environment and files, runs `main()` as
the installed command does, and ends. Run as a program by `commands.kurv`; the real start, imports
and all, is tried by `tests/test_docs.py`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any, NoReturn, TextIO


def serve(requests: TextIO, answers: TextIO) -> None:
    """Run the commands that are asked for, one JSON object a line; each answer is its status."""
    for line in requests:
        pid = os.fork()
        if pid == 0:
            _run(json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _run(asked: dict[str, Any]) -> NoReturn:
    status = 1
    try:
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            flags = os.O_RDONLY if name == "stdin" else os.O_WRONLY
            file = os.open(asked[name], flags)
            os.dup2(file, number)
            os.close(file)
        sys.stdin = os.fdopen(0, "r", encoding="utf-8", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", closefd=False)
        sys.argv = ["kurv", *asked["arguments"]]
        from bot.cli import main

        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


def main() -> None:
    """Import what is slow, then serve standard input until it ends."""
    import vosk  # noqa: F401

    import bot.cli
    import bot.rasa_agent  # noqa: F401

    # Imports may write to standard output and read what is not theirs.
    serve(sys.stdin, os.fdopen(int(sys.argv[1]), "w"))


if __name__ == "__main__":
    main()
