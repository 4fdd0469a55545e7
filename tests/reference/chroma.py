"""
Reference values for the constant-Q tests, from librosa 0.11:

    python3 -m venv /tmp/librosa && /tmp/librosa/bin/pip install librosa
    /tmp/librosa/bin/python tests/reference/chroma.py > tests/reference/chroma.json
"""

import json

import librosa
import numpy as np

RATE = 22_050


def music(cents: float) -> np.ndarray:
    """Twelve seconds of chords (C, F, G7, C by the second) with six partials each, decaying; a mistuned piano."""
    t = np.arange(12 * RATE) / RATE
    y = np.zeros(len(t))
    chords = [[48, 60, 64, 67], [41, 60, 65, 69], [43, 59, 62, 65], [48, 60, 64, 67]]
    for beat in range(12):
        inside = t >= beat
        since = t[inside] - beat
        for note in chords[beat % 4]:
            hertz = 440 * 2 ** ((note - 69 + cents / 100) / 12)
            for partial in range(1, 7):
                y[inside] += 0.05 / partial * np.exp(-6 * since) * np.sin(2 * np.pi * hertz * partial * since)
    return y.astype(np.float32)


def moments(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([f(np.diff(frames, n=n), axis=1) for n in range(3) for f in (np.mean, np.std)])


y = music(12)
tuning = librosa.estimate_tuning(y=y, sr=RATE, bins_per_octave=36)
cqt = np.abs(
    librosa.cqt(y, sr=RATE, hop_length=512, fmin=librosa.note_to_hz("C1"), n_bins=252, bins_per_octave=36, tuning=tuning)
)
print(
    json.dumps(
        {
            "tuning": tuning,
            "semitoneTuning": librosa.estimate_tuning(y=y, sr=RATE, bins_per_octave=12),
            "frames": cqt.shape[1],
            # One frame in the second block, and one bin throughout.
            "frame460": [round(float(x), 5) for x in cqt[:, 460]],
            "bin135": [round(float(x), 5) for x in cqt[135]],
            "chroma": [round(float(x), 5) for x in moments(librosa.feature.chroma_cqt(y=y, sr=RATE, hop_length=512))],
        }
    )
)
