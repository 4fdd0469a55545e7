"""Estimates the batch statistics behind the published features of Choi's convnet (docs/decisions/0091).

    python3 -m venv venv && venv/bin/pip install numpy scipy h5py torch==2.15.0 soundfile resampy==0.4.3
    venv/bin/python scripts/choi-statistics/main.py --shared ../shared --music FOLDER --out OUT [--hold-out]

Writes to OUT: `batches.json` (reference, means and variances of each of the four batches of 256 clips, and of all of
GTZAN: bench/data/choi-statistics.json), and `lines.json` (scale and offset that take each batch's features to the
common statistics, from GTZAN's excerpts and up to 160 passages of the music in FOLDER: src/main/lab/choi-batches.ts).
`--hold-out` fits the first batch again without each of its full clips and prints how well the clip is met.

A layer's normalisation is unknown by two numbers a channel. They start from what the layer sees in our excerpts of the
batch's genres, and are fitted to the published averages: of the full clips (exact, deviation .004), of the excerpts
(half the clip, .04), with a prior (.15 of the channel's deviation) that keeps them near the start.
"""
import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import resampy
import scipy.signal
import soundfile as sf
import torch
from net import Net, below

torch.set_num_threads(1)
parser = argparse.ArgumentParser()
parser.add_argument("--shared", type=Path, required=True)
parser.add_argument("--music", type=Path, required=True)
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--hold-out", action="store_true")
options = parser.parse_args()

# Decibels of the loudest value in each batch, as far as our clips and the fit of the first layer tell.
REFERENCES = [24.0, 25.9, 25.4, 26.5]
COMMON_REFERENCE = 25.5
EXACT, CLOSE, PRIOR = 0.004, 0.04, 0.15

net = Net(options.shared / "models/choi/weights_theano.hdf5")
rows = [line.split("\t")[0].strip() for line in open(options.shared / "data/gtzan-features/rows.tsv")]
row_of = {clip: i for i, clip in enumerate(rows)}
published = [np.load(options.shared / f"data/gtzan-features/gtzan_genre_layer_{i}.npy") for i in range(5)]


def resample(y, rate):
    """resampy 0.1's `kaiser_best`, which librosa used in 2017."""
    window = lambda n: scipy.signal.windows.kaiser(n, 14.769656459379492)
    return resampy.resample(
        y, rate, 12000, filter="sinc_window", num_zeros=64, precision=9, rolloff=0.9475937167399596, window=window
    )


def load(path):
    y, rate = sf.read(path, dtype="float32")
    return net.decibels(resample(y[: 29 * rate], rate))


full = {path.stem: load(path) for path in sorted((options.shared / "data/gtzan-full").glob("*.flac"))}
excerpts = {
    path.stem: load(path) for path in sorted((options.shared / "data/gtzan100").glob("*.flac")) if path.stem not in full
}
clips = {**excerpts, **full}


def fit(batch, held_out=None):
    """Means and variances of a batch's five layers, and its features of our clips that are in it."""
    own = [clip for clip in clips if row_of[clip] // 256 == batch]
    used = [clip for clip in own if clip != held_out]
    counts = {}
    for clip in rows[256 * batch : 256 * (batch + 1)]:
        genre = clip.split(".")[0]
        counts[genre] = counts.get(genre, 0) + 1
    shares = {}
    for genre, count in counts.items():
        have = [clip for clip in clips if clip.startswith(genre)]
        for clip in have:
            shares[clip] = count / len(have) / sum(counts.values())
    x = {clip: below(clips[clip], REFERENCES[batch]) for clip in shares}
    sigma = torch.tensor([EXACT if clip in full else CLOSE for clip in used])[:, None]
    means, variances, found = [], [], {clip: [] for clip in own}
    for layer in range(5):
        convolved = {clip: net.convolve(x[clip], layer) for clip in shares}
        start = sum(share * convolved[clip].mean((0, 2, 3)) for clip, share in shares.items())
        square = sum(share * (convolved[clip] ** 2).mean((0, 2, 3)) for clip, share in shares.items())
        deviation = torch.sqrt(square - start**2)
        target = torch.tensor(np.array([published[layer][row_of[clip]] for clip in used]))
        shift, stretch = torch.zeros(32), torch.zeros(32)

        def features(shift, stretch):
            mean, variance = start + shift * deviation, (deviation * torch.exp(stretch)) ** 2
            averages = [net.activate(convolved[clip], layer, mean, variance).mean((0, 2, 3)) for clip in used]
            return torch.stack(averages)

        # Gauss and Newton, channel by channel, with derivatives from differences.
        for _ in range(4):
            at, h = features(shift, stretch), 1e-2
            by_shift = (features(shift + h, stretch) - at) / h / sigma
            by_stretch = (features(shift, stretch + h) - at) / h / sigma
            residual = (at - target) / sigma
            a = (by_shift**2).sum(0) + PRIOR**-2
            d = (by_stretch**2).sum(0) + PRIOR**-2
            b = (by_shift * by_stretch).sum(0)
            down_shift = (by_shift * residual).sum(0) + shift / PRIOR**2
            down_stretch = (by_stretch * residual).sum(0) + stretch / PRIOR**2
            determinant = a * d - b * b
            shift = shift - torch.clamp((d * down_shift - b * down_stretch) / determinant, -0.3, 0.3)
            stretch = stretch - torch.clamp((a * down_stretch - b * down_shift) / determinant, -0.3, 0.3)
        mean, variance = start + shift * deviation, (deviation * torch.exp(stretch)) ** 2
        means.append(mean)
        variances.append(variance)
        x = {clip: net.activate(convolved[clip], layer, mean, variance) for clip in shares}
        for clip in own:
            found[clip].append(x[clip].mean((0, 2, 3)).numpy())
    return torch.stack(means), torch.stack(variances), found


def report(clip, layers):
    cosine = lambda a, b: float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    print(clip, *(f"{cosine(f, published[i][row_of[clip]]):.6f}" for i, f in enumerate(layers)), flush=True)


fitted = []
for batch in range(4):
    means, variances, found = fit(batch)
    fitted.append((means, variances))
    for clip in found:
        if clip in full:
            report(clip, found[clip])
if options.hold_out:
    for clip in [clip for clip in full if row_of[clip] < 256]:
        print("held out:", end=" ")
        report(clip, fit(0, clip)[2][clip])

sizes = torch.tensor([256.0, 256, 256, 232])[:, None, None] / 1000
all_means, all_variances = (torch.stack([f[i] for f in fitted]) for i in (0, 1))
mean = (sizes * all_means).sum(0)
variance = (sizes * (all_variances + all_means**2)).sum(0) - mean**2
rounded = lambda t: [[float(f"{v:.6g}") for v in line] for line in t]
ways = [(r, *f) for r, f in zip(REFERENCES, fitted)] + [(COMMON_REFERENCE, mean, variance)]
described = [{"reference": r, "means": rounded(m), "variances": rounded(v)} for r, m, v in ways]
options.out.mkdir(parents=True, exist_ok=True)
(options.out / "batches.json").write_text(json.dumps({"batches": described[:4], "common": described[4]}))

music = sorted(p for p in options.music.rglob("*") if p.suffix in (".ogg", ".mp3", ".opus", ".flac"))
np.random.default_rng(0).shuffle(music)
passages = list(clips.values())
for path in music[:160]:
    command = ["ffmpeg", "-v", "error", "-ss", "20", "-t", "29", "-i", path, "-ac", "1", "-ar", "12000", "-f", "f32le", "-"]
    samples = np.frombuffer(subprocess.run(command, capture_output=True).stdout, np.float32)
    if len(samples) > 20 * 12000:
        passages.append(net.decibels(samples))
heard = np.array([[net.features(decibels, *way) for way in ways] for decibels in passages])
lines = []
for batch in range(4):
    x, y = heard[:, batch], heard[:, 4]
    scale = ((x - x.mean(0)) * (y - y.mean(0))).sum(0) / ((x - x.mean(0)) ** 2).sum(0)
    offset = y.mean(0) - scale * x.mean(0)
    lines.append({"scale": [float(f"{v:.4g}") for v in scale], "offset": [float(f"{v:.4g}") for v in offset]})
(options.out / "lines.json").write_text(json.dumps({"passages": len(passages), "batches": lines}))
