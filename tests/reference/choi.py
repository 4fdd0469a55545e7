"""Makes choi.json: what the net of Choi et al. (2017) and its front end compute, by torch and NumPy, with random weights.

    python3 -m venv venv && venv/bin/pip install numpy torch==2.15.0
    venv/bin/python tests/reference/choi.py > tests/reference/choi.json

The front end follows kapre at a3bde3e (convolution with windowed cosines and sines, `amplitude_to_decibel`), the net
models_transfer.py of keunwoochoi/transfer_learning_music, with fixed statistics in place of a batch's.
"""
import json
import re
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from signals import chirp, noise

root = Path(__file__).parents[2]
numbers = re.findall(r"\[([-\d.e, \n]+)\]", (root / "src/main/models/recipes/choi-statistics.ts").read_text())
statistics = [[float(x) for x in block.replace("\n", "").split(",") if x.strip()] for block in numbers]


def weights(count, scale):
    return (noise(count) * scale).astype(np.float32)


def mel_filters():
    """kapre/backend.py, as librosa's (Slaney)."""
    def to_hz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))
    top = 15 + np.log(6) / (np.log(6.4) / 27)
    edges = to_hz(np.linspace(0, top, 98))
    hz = np.linspace(0, 6000, 257)
    lower = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    upper = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(lower, upper)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def mel(y, shape):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    n, k = np.arange(512), np.arange(257)[:, None]
    kernels = [np.cos(2 * np.pi * k * n / 512) * window, np.sin(2 * np.pi * k * n / 512) * window]
    signal = torch.tensor(np.resize(y, 348000).astype(np.float64))[None, None]
    power = 0
    for kernel in kernels:
        # Theano's convolution runs through the kernel backwards; `same` is half of it on each side, cut to ⌈n/hop⌉.
        backwards = torch.tensor(kernel[:, None, ::-1].copy())
        power = power + F.conv1d(signal, backwards, stride=256, padding=256)[0, :, :1360].numpy() ** 2
    power[225:] *= 10 ** (np.array(shape)[:, None] / 10)
    decibel = 10 * np.log10(np.maximum(1e-10, mel_filters() @ power)) - 25.5
    return np.maximum(-80, decibel).astype(np.float32)


def net(x):
    """Weights are taken from one stream of noise in the order of the file's names, scaled to keep values moderate."""
    poolings = [(2, 4), (3, 4), (2, 5), (2, 4), (4, 4)]
    out = []
    x = torch.tensor(x)[None, None]
    for layer, pooling in enumerate(poolings):
        inputs = 1 if layer == 0 else 32
        kernel = torch.tensor(weights(32 * inputs * 9, 3.0).reshape(32, inputs, 3, 3))
        bias, gamma, beta = (torch.tensor(weights(32, s)) for s in (5, 2, 1))
        mean, variance = (torch.tensor(statistics[2 * layer + i], dtype=torch.float32) for i in (0, 1))
        x = F.conv2d(x, torch.flip(kernel, (2, 3)), bias, padding=1)
        x = F.batch_norm(x, mean, variance, gamma, beta, eps=1e-3)
        x = F.max_pool2d(F.elu(x), pooling)
        out.append(x.mean((0, 2, 3)))
    return torch.cat(out).numpy()


source = (root / "src/analyser/dsp/resampy-shape.ts").read_text()
shape = [float(x) for x in re.search(r"decibels = \[([^\]]+)\]", source)[1].split(",") if x.strip()]
rounded = lambda values: [float(f"{v:.6g}") for v in np.asarray(values).ravel()]
decibels = mel(chirp(12000, 7.3), shape)
print(json.dumps({"mel": rounded(decibels[::19, ::97]), "activations": rounded(net(decibels))}))
