"""Tier: unit. Training on a graphics card: features, drawn streams, labels, losses, checkpoints."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch")

from audio.errors import CorpusError  # noqa: E402
from audio.speech_model import network as networks  # noqa: E402
from audio.speech_model import shards  # noqa: E402
from audio.speech_model.export import export_checkpoint  # noqa: E402
from audio.speech_model.features import DIMENSION, mfcc, normalise  # noqa: E402
from audio.speech_model.foreign import LABEL_NUMBER, UNKNOWN  # noqa: E402
from audio.speech_model.importing import import_model  # noqa: E402
from audio.speech_model.online import finishing, fitting, naming, sequences  # noqa: E402
from audio.speech_model.online import pool as pools  # noqa: E402
from audio.speech_model.online.cepstra import Cepstra, without_mean  # noqa: E402
from audio.speech_model.online.disturbing import a_law, disturb, telephone  # noqa: E402
from audio.speech_model.online.hearing import Hearing, weights  # noqa: E402
from audio.speech_model.online.judging import Judge, Question  # noqa: E402
from audio.speech_model.online.lessons import believe, learn  # noqa: E402
from audio.speech_model.online.listener import Listener, mel_filters, read_weights  # noqa: E402
from audio.speech_model.online.wanted import labels_at, mixed, targets  # noqa: E402
from audio.speech_model.phones import PHONE_NUMBER, PHONES  # noqa: E402
from audio.speech_model.recipe import WEIGHTS  # noqa: E402
from audio.speech_model.shards import SAMPLE_RATE, Utterance  # noqa: E402

# Threads of a busy machine wait for each other.
torch.set_num_threads(1)

Spans = tuple[tuple[float, float, str], ...]


def two_tones(first: float, second: float) -> Utterance:
    """Return a second of speech that is a low m and a high s, half a second each."""
    at = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    wave = np.where(at < 0.5, np.sin(2 * np.pi * first * at), np.sin(2 * np.pi * second * at))
    spans: Spans = ((0.0, 0.5, "m"), (0.5, 1.0, "s"))
    return Utterance((9000 * wave).astype(np.int16), "ms", (("m", "s"),), "x", "kokoro", spans)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    speech = [two_tones(300 + 20 * n, 2000 + 100 * n) for n in range(8)]
    shards.write(tmp_path / "kokoro-train-1-00000.npz", speech)
    unknown = Utterance(speech[0].samples[:9000], "", (), "y", "people", ())
    shards.write(tmp_path / "unknown-00000.npz", [unknown])
    return tmp_path


@pytest.fixture
def pool(folder: Path) -> pools.Pool:
    return pools.read_pool(shards.shards(folder)).on("cpu")


def test_the_features_are_kaldis() -> None:
    rng = np.random.default_rng(1)
    wave = (np.cumsum(rng.standard_normal(24_000)) * 40).clip(-32768, 32767).astype(np.int16)
    expected = mfcc(wave)
    waves = torch.from_numpy(wave.astype(np.float32))[None]
    found = Cepstra().frames(waves, len(expected))[0].numpy()
    assert np.abs(found - expected).max() < 1e-2
    paced = Cepstra().frames(waves, len(expected), torch.tensor([160.0]), torch.tensor([1.0]))
    assert np.abs(paced[0].numpy() - expected).max() < 1e-2
    mean = rng.standard_normal(DIMENSION)
    rows = without_mean(torch.from_numpy(expected)[None], torch.from_numpy(mean).float())
    assert np.abs(rows[0].numpy() - normalise(expected, mean)).max() < 1e-2


def test_the_running_mean_goes_on_from_what_was_heard_before() -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((450, DIMENSION)).astype(np.float32) + 5
    mean = rng.standard_normal(DIMENSION)
    found = without_mean(
        torch.from_numpy(rows[250:])[None],
        torch.from_numpy(mean).float(),
        torch.tensor([250]),
        torch.from_numpy(rows[:250].mean(axis=0))[None],
    )
    assert np.abs(found[0].numpy() - normalise(rows, mean)[250:]).max() < 1e-2
    with pytest.raises(ValueError, match="more than the window"):
        without_mean(torch.zeros(1, 601, DIMENSION), torch.zeros(DIMENSION))


def test_a_longer_throat_moves_formants_down() -> None:
    at = torch.arange(8000) / SAMPLE_RATE
    waves = torch.stack([torch.sin(2 * torch.pi * hertz * at) for hertz in (2000, 1800)]) * 8000
    plain = Cepstra().frames(waves, 20)
    warped = Cepstra().frames(waves[:1], 20, warp=torch.tensor([0.9]))
    assert (warped[0] - plain[1]).norm() < 0.4 * (plain[0] - plain[1]).norm()


def test_a_pool_is_read_as_it_was_saved(folder: Path, tmp_path: Path) -> None:
    made = pools.read_pool(shards.shards(folder), workers=2)
    made.save(tmp_path / "pool")
    beliefs = np.full((20, len(PHONES)), 7, np.uint8)
    pools.save_beliefs(tmp_path / "pool", beliefs, np.arange(9), np.full(9, 2))
    found = pools.load(tmp_path / "pool")
    assert found.facts == made.facts and (found.waves == made.waves).all()
    assert (found.beliefs == beliefs).all() and found.belief_counts.tolist() == [2] * 9
    assert {facts.kind for facts in found.facts} == {"kokoro-train-1", "unknown"}
    second = found.starts[1]
    utterance = shards.read(shards.shards(folder)[0])[1]
    assert (found.waves[second : second + 16000] == utterance.samples).all()
    assert found.labels[found.label_starts[8]] == LABEL_NUMBER[UNKNOWN]


def test_speech_is_drawn_by_the_shares_of_its_kind(pool: pools.Pool) -> None:
    found = weights(pool, {"kokoro": 0.75, "unknown": 0.25})
    assert found[:8].sum() == pytest.approx(0.75) and found[8] == pytest.approx(0.25)
    assert weights(pool, {"kokoro": 1.0})[8] == 0
    assert weights(pool, {"kokoro": 1.0, "kokoro-train": 0.0}).sum() == 0
    with pytest.raises(ValueError, match="nothing to draw"):
        Hearing(pool, np.zeros(9))


def test_sounds_stay_at_their_labels_whatever_is_done_to_them(pool: pools.Pool) -> None:
    torch.manual_seed(3)
    hearing = Hearing(pool, weights(pool, {"kokoro": 1.0}), 24 * 181)
    streams = hearing.draw(0)
    heard = disturb(streams.waves)
    assert heard.shape == streams.waves.shape and torch.isfinite(heard).all()
    assert heard.abs().max() <= 32768
    right = total = 0
    for number in range(len(heard)):
        # The higher tone is the s: found in the disturbed sound, it must be where its label is.
        hertz = torch.fft.rfftfreq(800, 1 / SAMPLE_RATE)
        pieces = heard[number, : heard.shape[1] // 800 * 800].view(-1, 800)
        spectra = torch.fft.rfft(pieces * torch.hann_window(800)).abs()
        high = spectra[:, (hertz > 1500)].amax(1) > spectra[:, (hertz > 150) & (hertz < 700)].amax(
            1
        )
        middles = (torch.arange(len(pieces)) * 800 + 400.0)[None]
        place = streams.spoken_at(middles.expand(len(heard), -1))[number : number + 1]
        labels = labels_at(pool, streams.which[number : number + 1], place)[0]
        spoken = labels != 0
        right += int((high == (labels == PHONE_NUMBER["s"]))[spoken].sum())
        total += int(spoken.sum())
    assert total > 200 and right / total > 0.9


def test_the_line_is_a_telephones() -> None:
    from audio.speech_model import augment

    at = torch.arange(8000) / SAMPLE_RATE
    waves = torch.stack([torch.sin(2 * torch.pi * hertz * at) for hertz in (1000, 6000)]) * 8000
    heard = telephone(waves).std(1) / waves.std(1)
    assert heard[0] == pytest.approx(1.0, abs=0.05) and heard[1] < 0.03
    expected = augment.a_law(waves[0].double().numpy())
    assert a_law(waves)[0].numpy() == pytest.approx(expected, abs=1.0)


def test_targets_are_silence_around_speech_and_end_after_it(pool: pools.Pool) -> None:
    torch.manual_seed(4)
    streams = Hearing(pool, weights(pool, {"kokoro": 1.0}), 8 * 181).draw(0)
    found = targets(pool, streams)
    assert found.label.shape == (8, 61) and not found.belief.any()
    assert (found.label[:, 0] == 0).all() and (found.weight[:, 0] == 1).all()
    lasting = (found.label == PHONE_NUMBER["m"]).sum(1) * 3 * streams.hop / SAMPLE_RATE
    assert (lasting * streams.factor).numpy() == pytest.approx([0.5] * 8, abs=0.06)
    assert (found.label[found.weight == 0] == 0).all()


def test_labels_and_teacher_are_mixed_by_trust() -> None:
    split = torch.tensor([[[0.0, 1.0, 0.0]]])
    allowed = torch.tensor([[[0.0, 1.0, 1.0]]])
    belief = torch.tensor([[[0.5, 0.25, 0.25]]])
    found = mixed(split, belief, allowed, torch.tensor([0.8]))
    assert found[0, 0].tolist() == pytest.approx([0.1, 0.45, 0.45])
    doubted = torch.tensor([[[1.0, 0.0, 0.0]]])
    assert mixed(split, doubted, allowed, torch.tensor([0.8]))[0, 0, 0] == pytest.approx(0.75)
    assert (mixed(split, torch.zeros(1, 1, 3), allowed, torch.tensor([0.8])) == split).all()


def brute_force(scores: np.ndarray, allowed: np.ndarray, follows: np.ndarray) -> float:
    from itertools import pairwise, product

    frames, sounds = scores.shape
    sums = [0.0, 0.0]
    for path in product(range(sounds), repeat=frames):
        likely = np.exp(sum(scores[t, p] for t, p in enumerate(path)))
        for one, other in pairwise(path):
            likely *= follows[one, other]
        sums[0] += likely
        sums[1] += likely * all(allowed[t, p] for t, p in enumerate(path))
    return float(np.log(sums[1] / sums[0]))


def test_the_sequence_loss_and_its_gradient_are_right() -> None:
    rng = np.random.default_rng(5)
    scores = torch.from_numpy(rng.standard_normal((2, 4, 3)).astype(np.float32))
    scores.requires_grad_()
    allowed = torch.ones(2, 4, 3)
    allowed[0, 1, 2] = allowed[0, 2, 0] = allowed[1, 0, 1] = allowed[1, 3, 0] = 0
    follows = torch.from_numpy(rng.dirichlet(np.ones(3), 3).astype(np.float32))
    weight = torch.ones(2, 4)
    loss = sequences.sequence_loss(scores, allowed, follows, weight)
    found = scores.detach().numpy()
    by_hand = [brute_force(found[n], allowed[n].numpy(), follows.numpy()) for n in range(2)]
    assert float(loss.detach()) == pytest.approx(-sum(by_hand) / 8, rel=1e-4)
    loss.backward()
    for frame, sound in ((1, 2), (2, 1), (0, 0)):
        moved = found[0].copy()
        moved[frame, sound] += 1e-2
        slope = (brute_force(moved, allowed[0].numpy(), follows.numpy()) - by_hand[0]) / 1e-2
        assert float(scores.grad[0, frame, sound]) == pytest.approx(-slope / 8, abs=2e-3)


def test_frames_without_weight_say_nothing_to_sequences() -> None:
    scores = torch.randn(1, 5, 4, requires_grad=True)
    weight = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0]])
    follows = torch.full((4, 4), 0.25)
    allowed = torch.nn.functional.one_hot(torch.tensor([[0, 1, 2, 3, 3]]), 4).float()
    sequences.sequence_loss(scores, allowed, follows, weight).backward()
    assert scores.grad[0, :3].abs().sum() > 0 and not scores.grad[0, 3:].any()
    assert sequences.near(allowed)[0, 0].tolist() == [1, 1, 0, 0]


def test_the_bigram_counts_output_frames(pool: pools.Pool) -> None:
    table = sequences.bigram(pool, np.arange(8))
    m, s = PHONE_NUMBER["m"], PHONE_NUMBER["s"]
    assert table.sum(1).numpy() == pytest.approx(np.ones(len(PHONES)), abs=1e-5)
    assert table[m, m] > 0.8 and table[m, s] > table[m, PHONE_NUMBER["t"]]


def test_the_likeliest_phrase_is_named() -> None:
    said = [(("m", "ɑ"),), (("s", "ɑ"), ("t", "ɑ")), (("s", "e~"),)]
    paths = [["SIL", "m", "m", "ɑ", "SIL"], ["s", "ɑ", "SIL", "t", "ɑ"], ["SIL", "s", "ɛ", "ɛ"]]
    scores = torch.full((3, 5, len(PHONES)), -5.0)
    for row, path in enumerate(paths):
        for frame, sound in enumerate(path):
            scores[row, frame, PHONE_NUMBER[sound]] = 0.0
    likely = naming.label_likelihoods(scores)
    lengths = torch.tensor([len(path) for path in paths])
    assert naming.name(likely, lengths, said).tolist() == [0, 1, 2]


def test_training_learns_is_judged_and_becomes_a_model(pool: pools.Pool, tmp_path: Path) -> None:
    course = fitting.Course(
        steps=60, shares={"kokoro": 0.9, "unknown": 0.1}, width=24, narrow=12, layers=1,
        rate=1e-2, frames_a_step=400, sequences=0.3, judge_seconds=1,
    )  # fmt: skip
    phrases = (("ms", (("m", "s"),)), ("sm", (("s", "m"),)))
    judge = Judge(pool, [Question("toner", tuple(range(9)), phrases)])
    told: list[str] = []
    checkpoint = fitting.fit(
        pool, course, tmp_path / "net.pt", judge=judge, progress=lambda s, _: told.append(s)
    )
    net, stored = networks.load(str(checkpoint))
    assert stored["held_out_error"] < 0.5 and any("rammefeil" in line for line in told)
    assert not (tmp_path / "net.pt.last").exists()
    export_checkpoint(checkpoint, tmp_path / "model")
    again = import_model(
        tmp_path / "model", tmp_path / "again.pt", [mfcc(two_tones(300, 900).samples)]
    )
    other, _ = networks.load(str(again))
    rows = torch.randn(1, 2 * net.shape.side + 31, DIMENSION) * 5
    with torch.no_grad():
        assert (net.eval()(rows) - other.eval()(rows)).abs().max() < 1e-3
    further = fitting.Course(steps=5, shares={"kokoro": 1.0}, rate=1e-4, frames_a_step=400)
    fitting.fit(pool, further, tmp_path / "further.pt", start_from=again)
    assert networks.load(str(tmp_path / "further.pt"))[0].shape == net.shape


def test_a_listener_hears_with_the_weights_of_a_model(tmp_path: Path) -> None:
    """A small encoder written as CTranslate2 writes it, one of its weights in 8 bits."""
    rng = np.random.default_rng(6)
    width, shapes = 64, {"layer_norm/gamma": (64,), "layer_norm/beta": (64,)}
    shapes |= {"conv1/weight": (width, 80, 3), "conv1/bias": (width,)}
    shapes |= {"conv2/weight": (width, width, 3), "conv2/bias": (width,)}
    for part, out in (("self_attention", 3 * width), ("ffn", 4 * width)):
        shapes |= {f"layer_0/{part}/layer_norm/{kind}": (width,) for kind in ("gamma", "beta")}
        back = width if part == "self_attention" else 4 * width
        shapes |= {f"layer_0/{part}/linear_0/weight": (out, width)}
        shapes |= {f"layer_0/{part}/linear_0/bias": (out,)}
        shapes |= {f"layer_0/{part}/linear_1/weight": (width, back)}
        shapes |= {f"layer_0/{part}/linear_1/bias": (width,)}
    shapes |= {"position_encodings/encodings": (1500, width)}
    meant = {name: rng.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes.items()}
    arrays: dict[str, np.ndarray] = {f"encoder/{name}": value for name, value in meant.items()}
    coarse = "encoder/layer_0/ffn/linear_1/weight"
    scale = (127 / np.abs(arrays[coarse]).max(axis=1)).astype(np.float32)
    arrays |= {coarse: np.rint(arrays[coarse] * scale[:, None]).astype(np.int8)}
    arrays |= {f"{coarse}_scale": scale, "decoder/x": np.zeros(3, np.float32)}
    named = {np.dtype("float32"): 0, np.dtype("int8"): 1}
    content = struct.pack("<IH", 6, 12) + b"WhisperSpec\0" + struct.pack("<II", 3, len(arrays))
    for name, value in arrays.items():
        content += struct.pack("<H", len(name) + 1) + name.encode() + b"\0"
        content += struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
        content += struct.pack("<BI", named[value.dtype], value.nbytes) + value.tobytes()
    (tmp_path / "model.bin").write_bytes(content)
    weights_read = read_weights(tmp_path / "model.bin")
    assert set(weights_read) == set(meant)
    for name, value in meant.items():
        assert weights_read[name] == pytest.approx(value, abs=0.01), name
    sound = torch.randn(1, 30 * SAMPLE_RATE) * 0.1
    heard = Listener(weights_read)(sound)
    assert heard.shape == (1, 1500, 2, width) and torch.isfinite(heard).all()
    (tmp_path / "model.bin").write_bytes(content[:400])
    with pytest.raises(CorpusError, match="ingen Whisper-modell"):
        read_weights(tmp_path / "model.bin")


def test_the_filters_are_whispers() -> None:
    """Slaney's scale: each filter has the same area in hertz, the first are equally wide."""
    table = mel_filters(80)
    assert table.shape == (80, 201) and (table.max(axis=0)[1:-1] > 0).all()
    assert table.sum(axis=1)[30:] * SAMPLE_RATE / 400 == pytest.approx(np.ones(50), abs=0.08)


class _Loudness(torch.nn.Module):
    """Stands in for Whisper's encoder: rows of how much of the sound is high or low."""

    width, layers = 8, 1

    def forward(self, waves: torch.Tensor) -> torch.Tensor:
        rows = waves.view(len(waves), -1, 320)
        spectrum = torch.fft.rfft(rows).abs()[:, :, 1:161].view(len(waves), -1, 8, 20).sum(3)
        return spectrum.clamp_min(1e-3).log()[:, :, None].expand(-1, -1, 2, -1)


def test_the_teacher_learns_and_tells_what_it_believes(pool: pools.Pool) -> None:
    listener = _Loudness()
    weight = weights(pool, {"kokoro": 1.0})
    head = learn(pool, listener, weight, steps=60, rate=1e-2, frames_a_step=1500)  # type: ignore[arg-type]
    beliefs, firsts, counts = believe(pool, listener, head, windows_a_step=1)  # type: ignore[arg-type]
    assert counts.tolist() == [60] * 8 + [39] and len(beliefs) == counts.sum()
    heard = beliefs[firsts[0] : firsts[0] + 60].argmax(axis=1)
    assert (heard[8:28] == PHONE_NUMBER["m"]).mean() > 0.7
    assert (heard[33:53] == PHONE_NUMBER["s"]).mean() > 0.7


def test_the_recipes_last_step_ends_with_a_checkpoint(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "teacher").mkdir()
    (tmp_path / "work").mkdir()
    foreign = two_tones(400, 3000)
    foreign = replace(foreign, spans=((0.0, 0.5, "m"), (0.5, 1.0, "e~")), speaker="nl")
    shards.write(tmp_path / "people0-00000.npz", [two_tones(350, 2500), foreign])
    monkeypatch.setattr(finishing, "read_weights", lambda path: {})
    monkeypatch.setattr(finishing, "Listener", lambda weights: _Loudness())
    seen: list[pools.Pool] = []

    def learned(pool: pools.Pool, *args: object, **options: object) -> Path:
        seen.append(pool)
        return fitting.fit(pool, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(finishing, "fit", learned)
    found = finishing.finish(
        shards.shards(folder), [folder / "unknown-00000.npz"], tmp_path / "work" / "final.pt",
        kind_weights=WEIGHTS, teacher=tmp_path / "teacher", epochs=1, device="cpu",
        lessons_steps=2, shape=networks.Shape(16, 8, 1),
    )  # fmt: skip
    assert networks.load(str(found))[0].shape.width == 16
    kinds = [facts.kind for facts in seen[0].facts]
    assert kinds == ["kokoro"] * 8 + ["people", "foreign", "unknown", "test"]
    assert (seen[0].belief_counts > 0).all()
    assert (tmp_path / "work" / "head.pt").exists()
