#!/usr/bin/env python3
"""A checkpoint with the published sizes and random weights, and what transformers makes of it.

    python scripts/musicgen-full-size.py make DIR [small|medium|large]   # config.json, model.safetensors
    python scripts/musicgen-full-size.py listen DIR [SECONDS]            # codes.u16, states.f32, audio.f32, python.json

Needs numpy, torch, transformers, safetensors; see tests/reference/musicgen.py. `scripts/musicgen-full-size.ts` builds
our graphs from the same folder and compares. Only the tensors that listening needs are stored, under the names of the
published checkpoints.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "reference"))
from musicgen import build, listen, published_name, wanted  # noqa: E402

ENCODEC = dict(sampling_rate=32000, num_filters=64, upsampling_ratios=[8, 5, 4, 4], hidden_size=128,
               codebook_size=2048, use_conv_shortcut=False, num_residual_layers=1, num_lstm_layers=2)
DECODERS = {
    "small": dict(num_hidden_layers=24, hidden_size=1024, num_attention_heads=16, ffn_dim=4096, num_codebooks=4),
    "medium": dict(num_hidden_layers=48, hidden_size=1536, num_attention_heads=24, ffn_dim=6144, num_codebooks=4),
    "large": dict(num_hidden_layers=48, hidden_size=2048, num_attention_heads=32, ffn_dim=8192, num_codebooks=4),
}


def music(seconds, seed):
    """Chords of decaying harmonics with noise bursts: random, but with the spectrum and the dynamics of music."""
    rng = np.random.default_rng(seed)
    rate, out = 32000, np.zeros(round(seconds * 32000))
    for start in np.arange(0, seconds, 0.5):
        t = np.arange(min(len(out) - int(start * rate), rate)) / rate
        for note in rng.choice(np.arange(36, 84), 4):
            f = 440 * 2 ** ((note - 69) / 12)
            for h in range(1, 9):
                out[int(start * rate):][: len(t)] += (np.sin(2 * np.pi * f * h * t + rng.uniform(0, 6)) / h
                                                      * np.exp(-t * rng.uniform(1, 6)))
        out[int(start * rate):][: len(t)] += rng.normal(size=len(t)) * np.exp(-t * 30) * rng.uniform(0, 2)
    return (0.3 * out / np.sqrt(np.mean(out**2)) * 0.5).astype(np.float32)


@torch.no_grad()
def randomise(model):
    """Weights of the sizes that training leaves: outputs keep about the variance of inputs."""
    generator = torch.Generator().manual_seed(1)
    normal = lambda t, std, mean=0.0: t.normal_(mean, std, generator=generator)  # noqa: E731
    for name, t in model.state_dict().items():
        if name.startswith("text_encoder") or not t.is_floating_point():
            continue
        if name.endswith("norm.weight"):
            normal(t, 0.1, 1.0)
        elif name.endswith("original0"):
            normal(t, 0.15, 1.3)
        elif "bias" in name.rsplit(".", 1)[-1]:
            normal(t, 0.05)
        elif "embed_tokens" in name:
            normal(t, 0.3)
        elif "lstm" in name:
            normal(t, t.shape[1] ** -0.5)
        elif t.dim() > 1:
            normal(t, np.prod(t.shape[1:]) ** -0.5)
    # Codewords are residuals that occur, so that distances between neighbours are like those of a trained codebook.
    # Latents of a long random passage; neighbouring frames are alike, so few seconds would not do.
    latents = model.audio_encoder.encoder(torch.from_numpy(music(100, 2))[None, None])[0].T
    for layer in model.audio_encoder.quantizer.layers:
        pick = torch.randperm(len(latents), generator=generator)[: layer.codebook.codebook_size]
        layer.codebook.embed.copy_(latents[pick] * 0.9)
        latents = latents - layer.codebook.embed[layer.codebook.quantize(latents)]


def make(folder, size):
    folder.mkdir(parents=True, exist_ok=True)
    model = build(dict(encodec=ENCODEC, decoder=DECODERS[size]))
    randomise(model)
    save_file({published_name(k, False): v.contiguous() for k, v in model.state_dict().items() if wanted(k)},
              folder / "model.safetensors", {"format": "pt"})
    config = model.config.to_dict()
    (folder / "config.json").write_text(json.dumps({k: config[k] for k in ("audio_encoder", "decoder")}, indent=1))


def load(folder):
    """The model with the tensors of the folder; what is not there keeps some random numbers."""
    config = json.loads((folder / "config.json").read_text())
    size = next(s for s, d in DECODERS.items() if d["hidden_size"] == config["decoder"]["hidden_size"])
    model = build(dict(encodec=ENCODEC, decoder=DECODERS[size]))
    stored = load_file(folder / "model.safetensors")
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if wanted(name):
                tensor.copy_(stored.pop(published_name(name, False)))
    assert not stored
    return model


def hear(folder, seconds):
    torch.set_num_threads(2)
    model = load(folder)
    samples = music(seconds, 3)
    listen(model, samples[:32000])
    started, cpu = time.perf_counter(), time.process_time()
    codes, states = listen(model, samples)
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    samples.tofile(folder / "audio.f32")
    codes.numpy().astype("<u2").tofile(folder / "codes.u16")
    # The mean of every position but the first, and the whole of one state for a look at single positions.
    states[:, 1:].mean(1).numpy().astype("<f4").tofile(folder / "states.f32")
    figures = {"torch": torch.__version__, "seconds": wall, "cpuSeconds": cpu, "frames": codes.shape[1],
               "codesUsed": len(np.unique(codes.numpy())),
               "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    (folder / "python.json").write_text(json.dumps(figures))
    print(figures)


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if command == "make":
        make(Path(folder), rest[0] if rest else "small")
    else:
        hear(Path(folder), float(rest[0]) if rest else 30.0)
