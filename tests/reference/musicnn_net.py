"""Makes musicnn.json: what musicnn (Pons & Serra 2019) and its front end compute with random weights, by torch and NumPy.

    python3 -m venv venv && venv/bin/pip install numpy torch==2.15.0
    venv/bin/python tests/reference/musicnn_net.py > tests/reference/musicnn.json

Written after musicnn/models.py (`build_musicnn`, `is_training=False`) and musicnn/extractor.py (`batch_data`), patch by
patch and in their order of operations.
"""
import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from signals import chirp, noise

root = Path(__file__).parents[2]
source = (root / "src/analyser/dsp/resampy-shape.ts").read_text()
shape = [float(x) for x in re.search(r"decibels = \[([^\]]+)\]", source)[1].split(",") if x.strip()]
scales = {"kernel": 0.05, "bias": 0.1, "gamma": 1, "beta": 0.3, "moving_mean": 0.3, "moving_variance": 0.5}


def variable(name, *dims):
    """Noise by the kind of variable; variances are around 1."""
    kind = name.split("/")[1]
    values = noise(int(np.prod(dims))) * scales[kind] + (kind == "moving_variance")
    return torch.tensor(values.astype(np.float32).reshape(dims))


def normalise(x, number, channels, axis):
    name = "batch_normalization" + (f"_{number}" if number else "")
    view = [1] * x.dim()
    view[axis] = channels
    g, b, m, v = (variable(f"{name}/{k}", channels).reshape(view) for k in ("gamma", "beta", "moving_mean", "moving_variance"))
    return (x - m) / torch.sqrt(v + 1e-3) * g + b


def block(x, number, height, width, filters, pads):
    """x: [n, time, bands, 1] as TensorFlow has it; returns [n, time, filters]."""
    name = "conv2d" + (f"_{number}" if number else "")
    kernel = variable(f"{name}/kernel", height, width, 1, filters).permute(3, 2, 0, 1)
    x = F.conv2d(F.pad(x.permute(0, 3, 1, 2), (0, 0, *pads)), kernel, variable(f"{name}/bias", filters))
    return normalise(F.relu(x), number + 1, filters, 1).amax(3).permute(0, 2, 1)


def middle(x, number, inputs):
    kernel = variable(f"conv2d_{number}/kernel", 7, inputs, 1, 64)[:, :, 0].permute(2, 1, 0)
    x = F.conv1d(F.pad(x.permute(0, 2, 1), (3, 3)), kernel, variable(f"conv2d_{number}/bias", 64))
    return normalise(F.relu(x), number + 1, 64, 1).permute(0, 2, 1)


def net(x):
    x = normalise(x[..., None], 0, 1, 3)
    parts = [block(x, 0, 7, 38, 204, (3, 3)), block(x, 1, 7, 67, 204, (3, 3))]
    parts += [block(x, i, h, 1, 51, ((h - 1) // 2, h // 2)) for i, h in ((2, 128), (3, 64), (4, 32))]
    front = torch.cat(parts, 2)
    first = middle(front, 5, 561)
    second = middle(first, 6, 64) + first
    third = middle(second, 7, 64) + second
    features = torch.cat([front, first, second, third], 2)
    pooled = torch.stack([features.amax(1), features.mean(1)], 2).flatten(1)
    pooled = normalise(pooled, 9, 1506, 1)
    hidden = F.relu(pooled @ variable("dense/kernel", 1506, 200) + variable("dense/bias", 200))
    penultimate = normalise(hidden, 10, 200, 1)
    logits = penultimate @ variable("dense_1/kernel", 200, 50) + variable("dense_1/bias", 50)
    return penultimate.numpy(), torch.sigmoid(logits).numpy()


def mel_filters():
    """librosa's (Slaney), 16 kHz."""
    def to_hz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))
    top = 15 + np.log(8) / (np.log(6.4) / 27)
    edges = to_hz(np.linspace(0, top, 98))
    hz = np.linspace(0, 8000, 257)
    lower = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    upper = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(lower, upper)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def mel(y):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    padded = np.pad(y.astype(np.float64), 256, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, 512)[::256] * window
    power = np.abs(np.fft.rfft(frames)) ** 2
    power[:, 225:] *= 10 ** (np.array(shape) / 10)
    bands = (power @ mel_filters().T).astype(np.float32).astype(np.float16).astype(np.float32)
    return np.log10(np.float32(10000) * bands + np.float32(1))


spectrogram = mel(chirp(16000, 5.3))
patches = np.stack([spectrogram[at : at + 187] for at in range(0, len(spectrogram) - 187 + 1, 61)])
penultimate, tags = net(torch.tensor(patches))
rounded = lambda values: [float(f"{v:.6g}") for v in np.asarray(values).ravel()]
print(
    json.dumps(
        {
            "frames": len(spectrogram),
            "patches": len(patches),
            "mel": rounded(spectrogram[::29, ::7]),
            "penultimate": rounded(penultimate.mean(0)),
            "tags": rounded(tags.mean(0)),
        }
    )
)
