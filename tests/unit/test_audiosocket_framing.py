"""Tier: unit. AudioSocket's messages: whatever the pieces, the same messages come out."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.phone.framing import CALL, KEY, BrokenFrame, Decoder, Message, encode

messages = st.builds(Message, st.integers(0, 255), st.binary(max_size=700))


@given(st.lists(messages, max_size=8), st.data())
def test_messages_come_out_as_they_went_in_however_they_are_cut(
    sent: list[Message], data: st.DataObject
) -> None:
    wire = b"".join(encode(message) for message in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=12)))
    decoder = Decoder()
    got = []
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        got += list(decoder.feed(wire[start:end]))
    assert got == sent
    assert decoder.pending == 0


@given(messages, st.data())
def test_a_message_that_lacks_its_end_waits(message: Message, data: st.DataObject) -> None:
    wire = encode(message)
    cut = data.draw(st.integers(0, len(wire) - 1))
    decoder = Decoder()
    assert list(decoder.feed(wire[:cut])) == []
    assert decoder.pending == cut


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_decoder(noise: bytes) -> None:
    decoder = Decoder()
    got = list(decoder.feed(noise))
    assert sum(3 + len(m.payload) for m in got) + decoder.pending == len(noise)


def test_the_bytes_are_those_of_the_protocol() -> None:
    assert encode(Message(0x10, b"\x01\x02")) == b"\x10\x00\x02\x01\x02"
    assert encode(Message(0x00)) == b"\x00\x00\x00"
    with pytest.raises(ValueError):
        encode(Message(0x10, bytes(70_000)))


def test_payloads_are_checked() -> None:
    call = UUID(int=7)
    assert Message(CALL, call.bytes).call == call
    assert Message(KEY, b"#").key == "#"
    assert Message(KEY, b"A").key == ""
    for broken in (Message(CALL, b"short"), Message(KEY, b""), Message(KEY, b"12")):
        with pytest.raises(BrokenFrame):
            _ = broken.key if broken.kind == KEY else broken.call
    with pytest.raises(BrokenFrame):
        _ = Message(0x10, b"\x00").sound
