"""Tier: unit. Sound is sent by the clock: never early by more than the lead, and no drift."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.phone.pacing import FRAME_SECONDS, LEAD, Pacer


def test_frames_keep_the_time_when_nothing_delays_them() -> None:
    now, pacer = 5.0, Pacer(5.0)
    for _ in range(3000):
        now += pacer.wait(now)
        pacer.count(now)
    assert pacer.end == pytest.approx(5.0 + 60.0)
    assert now == pytest.approx(5.0 + 60.0 - FRAME_SECONDS - LEAD)
    assert pacer.late == 0


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=200))
def test_sound_is_never_hurried_and_each_gap_is_counted(delays: list[float]) -> None:
    """Delays: seconds that we were kept from sending, before each frame."""
    now, pacer = 0.0, Pacer(0.0)
    heard_until, gaps = 0.0, 0
    for at, delay in enumerate(delays):
        now += pacer.wait(now)
        assert pacer.end - now <= LEAD + 1e-9
        if at:
            now += delay
        gaps += now > heard_until + 1e-9 and at > 0
        pacer.count(now)
        heard_until = max(heard_until, now if at else 0.0) + FRAME_SECONDS
        assert pacer.end == pytest.approx(heard_until)
    assert abs(pacer.late - gaps) <= 1  # a gap of no length may be counted or not
    assert pacer.sounded(pacer.end) <= len(delays) * FRAME_SECONDS + 1e-9


def test_what_was_stopped_counts_as_far_as_it_sounded() -> None:
    pacer = Pacer(0.0)
    for _ in range(3):
        pacer.count(0.0)
    assert pacer.sounded(0.01) == pytest.approx(0.01)
    assert pacer.sounded(9.0) == pytest.approx(0.06)
