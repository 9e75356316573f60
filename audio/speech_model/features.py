"""Sound to the numbers which the network sees: the same MFCCs that Vosk computes in Kaldi."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.shards import SAMPLE_RATE

#: Numbers for each frame of 10 ms.
DIMENSION = 40

#: Frames in a second, and frames of input for each frame that the network gives out.
FRAME_RATE = 100
SUBSAMPLING = 3

#: The window over which Kaldi takes the running mean, and how many frames the mean of all
#: training speech counts for until the window has filled (OnlineCmvnOptions).
_CMVN_WINDOW = 600
_GLOBAL_FRAMES = 200

#: Kaldi's options, also written to conf/mfcc.conf.
LOW_FREQUENCY = 40
HIGH_FREQUENCY = -200


def _options() -> Any:
    import kaldi_native_fbank

    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq = SAMPLE_RATE
    options.frame_opts.dither = 0.0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = DIMENSION
    options.mel_opts.low_freq = LOW_FREQUENCY
    options.mel_opts.high_freq = HIGH_FREQUENCY
    options.num_ceps = DIMENSION
    options.use_energy = False
    return options


def mfcc(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Return a row of MFCCs for every 10 ms of sound on the 16-bit scale."""
    import kaldi_native_fbank

    extractor = kaldi_native_fbank.OnlineMfcc(_options())
    extractor.accept_waveform(SAMPLE_RATE, samples.astype(np.float32).tolist())
    extractor.input_finished()
    count = extractor.num_frames_ready
    if not count:
        return np.zeros((0, DIMENSION), np.float32)
    return np.stack([extractor.get_frame(n) for n in range(count)])


def normalise(rows: NDArray[Any], mean: NDArray[Any]) -> NDArray[np.float32]:
    """Take away the running mean as Kaldi's online CMVN does.

    *mean* is the mean of the training speech, which stands in until the window has filled.
    """
    rows = rows.astype(np.float32)
    zero = np.zeros((1, rows.shape[1]), np.float64)
    sums = np.cumsum(np.concatenate([zero, rows.astype(np.float64)]), axis=0)
    upto = np.arange(1, len(rows) + 1)
    since = np.maximum(0, upto - _CMVN_WINDOW)
    count = (upto - since)[:, None]
    lent = np.minimum(_CMVN_WINDOW - count, _GLOBAL_FRAMES)
    means = (sums[upto] - sums[since] + mean * lent) / (count + lent)
    return (rows - means).astype(np.float32)
