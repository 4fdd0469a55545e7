"""Makes features.json: what librosa computes from two signals that tests/analyser/signals.ts makes as well.

    python3 -m venv venv && venv/bin/pip install librosa==0.10.2.post1
    venv/bin/python tests/reference/features.py > tests/reference/features.json
"""
import json

import librosa
import numpy as np
from signals import chirp, noise


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
