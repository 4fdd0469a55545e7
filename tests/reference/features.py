"""Makes features.json: what librosa computes from two signals that tests/analyser/signals.ts makes as well.

    python3 -m venv venv && venv/bin/pip install librosa==0.10.2.post1
    venv/bin/python tests/reference/features.py > tests/reference/features.json
"""
import json

import librosa
import numpy as np


def noise(count):
    """A linear congruential generator (Numerical Recipes), -1..1: the same numbers in any language."""
    out = np.empty(count)
    state = 12345
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**31 - 1
    return out


def chirp(rate, seconds):
    """A sweep from 110 Hz upwards, with a pulse and a little noise, at half of full scale."""
    t = np.arange(int(rate * seconds)) / rate
    sweep = np.sin(2 * np.pi * (110 * t + 300 * t**2))
    pulse = 0.5 + 0.5 * np.cos(2 * np.pi * 2 * t)
    return (0.4 * sweep * pulse + 0.02 * noise(len(t))).astype(np.float32)


def moments(frames):
    blocks = []
    for order in range(3):
        d = np.diff(frames, n=order, axis=1)
        blocks += [d.mean(axis=1), d.std(axis=1)]
    return np.concatenate(blocks)


def mfcc(y, rate):
    # Reflection at the ends was librosa's default when both published definitions were made.
    mel = librosa.feature.melspectrogram(y=y, sr=rate, pad_mode="reflect")
    return librosa.feature.mfcc(S=librosa.power_to_db(mel, ref=1.0, top_db=80), n_mfcc=20)


def spectral_shape(y):
    # Padding by reflection was the default when the published table was made.
    magnitude = np.abs(librosa.stft(y, pad_mode="reflect"))
    features = [
        librosa.feature.spectral_centroid(S=magnitude),
        librosa.feature.spectral_bandwidth(S=magnitude),
        librosa.feature.spectral_rolloff(S=magnitude),
        librosa.feature.zero_crossing_rate(y),
    ]
    return [moment for f in features for moment in (f.mean(), f.std())]


def rounded(values):
    return [float(f"{v:.6g}") for v in np.asarray(values).ravel()]


a = chirp(12000, 3)
b = chirp(22050, 2)
mel = librosa.filters.mel(sr=22050, n_fft=2048, n_mels=128)
print(
    json.dumps(
        {
            "librosa": librosa.__version__,
            "mfcc-12k": rounded(moments(mfcc(a, 12000))),
            "mfcc": rounded(moments(mfcc(librosa.util.normalize(b), 22050))),
            "spectral-shape": rounded(spectral_shape(b)),
            # A few rows of the filterbank, as [filter, bin, weight].
            "mel": [[m, int(k), float(f"{mel[m, k]:.6g}")] for m in (0, 1, 40, 90, 127) for k in np.flatnonzero(mel[m])],
        }
    )
)
