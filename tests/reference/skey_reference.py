"""
What the authors' code of S-KEY answers, run by hand:

    python skey_reference.py --skey CHECKOUT --weights skey.pt [FILE.f32…]

CHECKOUT is github.com/deezer/skey. Needs torch, torchaudio, einops, nnAudio 0.3. Prints one JSON line for each synthetic
signal and for each raw file (float32 mono samples at 22,050 Hz): 24 probabilities in the order of KEY_LABELS.
"""

import argparse
import contextlib
import io
import json
import sys
from pathlib import Path

import numpy as np
import torch

from key_signals import signals

ORDER = [(t - 9) % 12 for t in range(12)] + [12 + (t - 11) % 12 for t in range(12)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skey", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("files", type=Path, nargs="*")
    options = parser.parse_args()
    sys.path.insert(0, str(options.skey))
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(io.StringIO()):
        from skey.key_detection import load_checkpoint, load_model_components

        device = torch.device("cpu")
        hcqt, chromanet, crop = load_model_components(load_checkpoint(options.weights), device)
    inputs = signals(22_050) | {str(f): np.fromfile(f, "<f4") for f in options.files}
    for name, pcm in inputs.items():
        wave = torch.from_numpy(pcm)[None]
        wave = wave / wave.abs().max()  # load_audio(normalize=True)
        with torch.no_grad():
            # infer_key
            answer = chromanet(crop(hcqt(wave.unsqueeze(0)), torch.zeros(1)))[0]
        print(json.dumps({"name": name, "p": [round(float(answer[i]), 7) for i in ORDER]}))


if __name__ == "__main__":
    main()
