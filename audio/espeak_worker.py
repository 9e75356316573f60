"""The program that holds espeak-ng: text lines in, sound blocks out.

It runs as a process of its own, started by `audio.synthesizer`, for two reasons: espeak-ng is
GPL, so it is called as a separate program and not linked into ours, and it crashes now and then on
odd text, which must not take a talk down with it. Only the standard library is imported, so that
it is ready a few tens of milliseconds after it was started.

    python -I -S espeak_worker.py LIBRARY DATA_PARENT

Standard input: one JSON object a line, ``{"text", "voice", "words_per_minute", "pitch", "range",
"word_gap"}``. Standard output: blocks of one type byte, a length as four little-endian bytes and
that many bytes. ``R`` (once, at the start): the sample rate in Hz as decimal text. ``A``: signed
16-bit little-endian mono sound. ``E``: the text is finished. ``X``: what went wrong, as text.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from typing import Any

# espeak-ng's own constants (speak_lib.h).
_OUTPUT_SYNCHRONOUS = 2
_CHARS_UTF8 = 1
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7
_POSITION_CHARACTER = 1
# Milliseconds of sound in a block: small enough that the first sound leaves at once.
_BLOCK_MS = 40


def _write(fd: int, kind: bytes, payload: bytes) -> None:
    """Write one block in full; a pipe may take less than it was offered."""
    block = memoryview(kind + len(payload).to_bytes(4, "little") + payload)
    while block:
        block = block[os.write(fd, block) :]


def main(library: str, data_parent: str) -> int:
    """Serve lines until standard input ends. Returns the exit status."""
    # espeak-ng prints to standard output now and then: give it another one, and keep ours.
    fd = os.dup(1)
    os.dup2(2, 1)

    espeak: Any = ctypes.CDLL(library)
    sample_rate = espeak.espeak_Initialize(
        _OUTPUT_SYNCHRONOUS, _BLOCK_MS, os.fsencode(data_parent), 0
    )
    if sample_rate <= 0:
        _write(fd, b"X", b"espeak_Initialize failed")
        return 1

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def on_sound(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            _write(fd, b"A", ctypes.string_at(samples, count * 2))
        return 0

    espeak.espeak_SetSynthCallback(on_sound)
    espeak.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    _write(fd, b"R", str(sample_rate).encode())

    voice = None
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if request["voice"] != voice:
            if espeak.espeak_SetVoiceByName(request["voice"].encode()) != 0:
                voice = None
                _write(fd, b"X", f"no voice named {request['voice']}".encode())
                continue
            voice = request["voice"]
        for parameter, name in (
            (_RATE, "words_per_minute"),
            (_PITCH, "pitch"),
            (_RANGE, "range"),
            (_WORD_GAP, "word_gap"),
        ):
            espeak.espeak_SetParameter(parameter, int(request[name]), 0)
        text = request["text"].encode() + b"\0"
        if espeak.espeak_Synth(text, len(text), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None):
            _write(fd, b"X", b"espeak_Synth failed")
            continue
        espeak.espeak_Synchronize()
        _write(fd, b"E", b"")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
