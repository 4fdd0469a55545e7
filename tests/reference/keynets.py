"""
Golden answers of the authors' code of S-KEY and KeyNet with made-up weights, so that the recipes can be tested where the
real weights are not:

    python keynets.py --skey CHECKOUT --keynet CHECKOUT > keynets.json

Needs torch, torchaudio, einops, nnAudio 0.3 and librosa 0.11.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import sys
from pathlib import Path

import librosa
import numpy as np
import torch

from key_signals import signals
from made_up import made_up
from keynet_reference import ORDER as KEYNET_ORDER
from skey_reference import ORDER as SKEY_ORDER


def fill(net: torch.nn.Module, prefix: str = "") -> dict[str, list[int]]:
    state = {k: made_up(prefix + k, v.shape) for k, v in net.state_dict().items() if v.dtype == torch.float32}
    net.load_state_dict(state, strict=False)
    net.eval()
    return {prefix + k: list(v.shape) for k, v in state.items()}


def rounded(values: torch.Tensor) -> list[float]:
    return [float(f"{v:.6g}") for v in values.flatten().tolist()]


@torch.no_grad()
def skey() -> dict:
    from skey.chromanet import ChromaNet
    from skey.hcqt import VQT, CropCQT

    hcqt = VQT(harmonics=[1], fmin=27.5, n_bins=99)
    net = ChromaNet(84, 1, [2, 3, 40, 40, 30, 10, 3], [7, 7, 7, 7, 7, 5, 5], 1)
    shapes = fill(hcqt, "hcqt.") | fill(net, "chromanet.")
    seen: list[torch.Tensor] = []
    net.batch_norm.register_forward_hook(lambda _, inputs, output: seen.append(output))
    net.global_average_pool.register_forward_hook(lambda _, inputs, output: seen.append(output))
    wave = torch.from_numpy(signals(22_050)["e-minor"])[None, None]
    net(CropCQT(84)(hcqt(wave / wave.abs().max()), torch.zeros(1)))
    pooled, scores = seen
    embedding = pooled[0, :, [(pitch - 9) % 12 for pitch in range(12)], 0]
    return {"shapes": shapes, "logits": rounded(scores.flatten()[SKEY_ORDER]), "embedding": rounded(embedding)}


@torch.no_grad()
def keynet(checkout: Path) -> dict:
    spec = importlib.util.spec_from_file_location("keynet_model", checkout / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = module.KeyNet()
    shapes = fill(net)
    seen: list[torch.Tensor] = []
    net.conv8.register_forward_hook(lambda _, inputs, output: seen.append(output))
    pcm = signals(44_100)["e-minor"]
    cqt = librosa.cqt(pcm, sr=44_100, hop_length=8820, n_bins=105, bins_per_octave=24, fmin=65)
    logits = net(torch.from_numpy(np.log1p(np.abs(cqt))[:, 0:-2].astype(np.float32))[None, None])[0]
    embedding = seen[0].mean((0, 2, 3))
    return {"shapes": shapes, "logits": rounded(logits[KEYNET_ORDER]), "embedding": rounded(embedding)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skey", type=Path, required=True)
    parser.add_argument("--keynet", type=Path, required=True)
    options = parser.parse_args()
    sys.path.insert(0, str(options.skey))
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(io.StringIO()):
        answers = {"skey": skey(), "keynet": keynet(options.keynet)}
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
