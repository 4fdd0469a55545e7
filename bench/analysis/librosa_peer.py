"""Times librosa on the clips that bench/analysis.ts hands over: python librosa_peer.py <runs> <raw f32 file>...

Prints one JSON object: seconds of CPU for each representation, each run over all clips.
"""
import json
import sys
import time

import librosa
import numpy as np


def moments(frames):
    blocks = []
    for order in range(3):
        d = np.diff(frames, n=order, axis=1)
        blocks += [d.mean(axis=1), d.std(axis=1)]
    return np.concatenate(blocks)


def mfcc(y):
    return moments(librosa.feature.mfcc(y=librosa.util.normalize(y), sr=22050, n_mfcc=20))


def chroma(y):
    return moments(librosa.feature.chroma_cqt(y=y, sr=22050))


def shape(y):
    return [
        librosa.feature.spectral_centroid(y=y).mean(),
        librosa.feature.spectral_bandwidth(y=y).mean(),
        librosa.feature.spectral_rolloff(y=y).mean(),
        librosa.feature.zero_crossing_rate(y).mean(),
    ]


runs = int(sys.argv[1])
clips = [np.fromfile(path, dtype=np.float32) for path in sys.argv[2:]]
out = {}
for name, compute in (("mfcc", mfcc), ("chroma", chroma), ("spectral-shape", shape)):
    compute(clips[0])  # numba compiles at the first call
    out[name] = []
    for _ in range(runs):
        start = time.process_time()
        for clip in clips:
            compute(clip)
        out[name].append(time.process_time() - start)
print(json.dumps(out))
