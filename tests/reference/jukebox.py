"""
Golden answers of Jukebox's own code at a tiny size with made-up weights:

    python jukebox.py --jukebox CHECKOUT > jukebox.json

CHECKOUT is github.com/openai/jukebox. Its code runs on graphics cards only; what asks for one is pointed at the processor.
Needs torch. What is computed follows jukemir's representations/jukebox/main.py (unknown artist and genre, 62 s).
"""

import argparse
import contextlib
import io
import json
import sys
import types
from pathlib import Path

import numpy as np
import torch

from made_up import made_up

VQVAE = {"level": 2, "halvings": [2, 1, 1], "width": 6, "depth": 2, "dilationGrowth": 3, "embedding": 5, "bins": 11}
PRIOR = {
    "width": 16,
    "layers": 17,
    "heads": 2,
    "blocks": 8,
    "labels": {"genres": 3, "artists": 4, "times": 16},
    "durations": [60, 600],
}
CONFIGS = {
    "5b": {**PRIOR, "context": 48, "order": 2, "timesAfter": False},
    "1b": {**PRIOR, "context": 48, "order": 12, "timesAfter": True, "lyrics": {"tokens": 16, "vocabulary": 7}},
}
PER_CODE = 16


def import_on_processor(checkout: Path) -> None:
    sys.path.insert(0, str(checkout))
    torch.Tensor.cuda = lambda self, *_: self
    torch.cuda.LongTensor = torch.LongTensor
    arange = torch.arange
    torch.arange = lambda *a, device=None, **k: arange(*a, **k)
    zeros = torch.zeros
    torch.zeros = lambda *a, device=None, **k: zeros(*a, **k)
    # Logging and losses, which are not run.
    for name in ("jukebox.utils.logger", "jukebox.utils.audio_utils"):
        stub = types.ModuleType(name)
        for attribute in (
            "average_metrics get_range spectral_convergence spectral_loss multispectral_loss audio_postprocess".split()
        ):
            setattr(stub, attribute, None)
        sys.modules[name] = stub


def fill(net: torch.nn.Module, prefix: str = "") -> dict[str, list[int]]:
    state = {k: made_up(prefix + k, tuple(v.shape)) for k, v in net.state_dict().items()}
    net.load_state_dict(state)
    net.eval()
    return {prefix + k: list(v.shape) for k, v in state.items()}


def pcm() -> np.ndarray:
    t = np.arange(50 * PER_CODE + 3)
    return (np.cos(0.0371 * t * t) * (0.5 + 0.4 * np.sin(0.02 * t))).astype(np.float32)


@torch.no_grad()
def encode() -> tuple[dict, torch.Tensor]:
    from jukebox.vqvae.vqvae import VQVAE as Net

    net = Net(
        (48 * PER_CODE, 1), 3, VQVAE["halvings"], [2, 2, 2], VQVAE["embedding"], VQVAE["bins"], 0.99, 0.02, 0.0, 1.0,
        multipliers=[2, 1, 1], width=VQVAE["width"], depth=VQVAE["depth"], m_conv=1.0,
        dilation_growth_rate=VQVAE["dilationGrowth"], dilation_cycle=None, reverse_decoder_dilation=True,
    )  # fmt: skip
    shapes = fill(net)
    wave = torch.from_numpy(pcm())
    wave = (wave / wave.abs().max())[None, :, None]
    # Codewords among the steps that are quantised, so that many of them are used.
    latents = net.encoders[2](net.preprocess(wave))[-1][0].T
    codebook = (latents[2 : 2 + 4 * VQVAE["bins"] : 4] * 1e4).round() / 1e4
    net.bottleneck.level_blocks[2].k = codebook
    codes = net.encode(wave)[-1][0]
    used = {k: v for k, v in shapes.items() if k.startswith(("encoders.2.", "bottleneck.level_blocks.2."))}
    book = [float(f"{x:.6g}") for x in codebook.flatten().tolist()]
    return {"config": VQVAE, "shapes": used, "codebook": book, "codes": codes.tolist()}, codes


@torch.no_grad()
def hear(config: dict, codes: torch.Tensor) -> dict:
    from jukebox.prior.autoregressive import ConditionalAutoregressive2D
    from jukebox.prior.conditioners import LabelConditioner

    lyrics = config.get("lyrics", {"tokens": 0, "vocabulary": 0})
    context, width, labels = config["context"], config["width"], config["labels"]
    prior = ConditionalAutoregressive2D(
        (lyrics["tokens"] + context,), lyrics["vocabulary"] + VQVAE["bins"], width=width, depth=config["layers"],
        heads=config["heads"], attn_order=config["order"], blocks=config["blocks"], x_cond=True, y_cond=True,
        only_encode=True, merged_decoder=not config["timesAfter"], prime_len=lyrics["tokens"] or None,
    )  # fmt: skip
    times = LabelConditioner(
        (labels["genres"], labels["artists"]), labels["times"], 44_100, *config["durations"], context, width, 1.0, 1, True
    )
    shapes = fill(prior, "prior.") | fill(times, "y_emb.")
    total = int(62 * 44_100) // PER_CODE * PER_CODE
    # total length, offset, length, artist, genre
    start, position = times(torch.tensor([[total, 0, context * PER_CODE, 0, 0]]))
    tokens = codes[None, :context]
    if lyrics["tokens"]:
        # SimplePrior.prior_preprocess
        tokens = torch.cat([torch.zeros(1, lyrics["tokens"]).long(), tokens + lyrics["vocabulary"]], 1)
        position = torch.cat([torch.zeros(1, lyrics["tokens"], width), position], 1)
    acts = prior(tokens, x_cond=position, y_cond=start)[0, lyrics["tokens"] :]
    rounded = lambda values: [float(f"{v:.6g}") for v in values.tolist()]
    return {
        "config": config,
        "shapes": shapes,
        "embedding": rounded(acts.mean(0)),
        "embeddingOf20": rounded(acts[:20].mean(0)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jukebox", type=Path, required=True)
    import_on_processor(parser.parse_args().jukebox)
    with contextlib.redirect_stdout(io.StringIO()):
        vqvae, codes = encode()
        priors = {name: hear(config, codes) for name, config in CONFIGS.items()}
    print(json.dumps({"vqvae": vqvae, "priors": priors}))


if __name__ == "__main__":
    main()
