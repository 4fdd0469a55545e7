"""
What the authors' code of KeyNet answers, run by hand:

    python keynet_reference.py --keynet CHECKOUT --weights keynet.pt [FILE.f32…]

CHECKOUT is github.com/a1ex90/MusicalKeyCNN. Needs torch and librosa 0.11. Prints one JSON line for each synthetic signal
and for each raw file (float32 mono samples at 44,100 Hz): 24 probabilities in the order of KEY_LABELS.
"""

import argparse
import json
import sys
from pathlib import Path

import librosa
import numpy as np
import torch

from key_signals import signals

MINORS = "Ab Eb Bb F C G D A E B Gb Db".split()
MAJORS = "B Gb Db Ab Eb Bb F C G D A E".split()
TONICS = "C Db D Eb E F Gb G Ab A Bb B".split()
ORDER = [12 + MAJORS.index(t) for t in TONICS] + [MINORS.index(t) for t in TONICS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keynet", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("files", type=Path, nargs="*")
    options = parser.parse_args()
    sys.path.insert(0, str(options.keynet))
    from model import KeyNet

    torch.set_num_threads(1)
    net = KeyNet()
    net.load_state_dict(torch.load(options.weights, map_location="cpu"))
    net.eval()
    inputs = signals(44_100) | {str(f): np.fromfile(f, "<f4") for f in options.files}
    for name, pcm in inputs.items():
        # preprocess_audio of predict_keys.py after loading
        cqt = librosa.cqt(pcm, sr=44_100, hop_length=8820, n_bins=105, bins_per_octave=24, fmin=65)
        spectrum = torch.from_numpy(np.log1p(np.abs(cqt))[:, 0:-2].astype(np.float32))
        with torch.no_grad():
            answer = torch.softmax(net(spectrum[None, None]), 1)[0]
        print(json.dumps({"name": name, "p": [round(float(answer[i]), 7) for i in ORDER]}))


if __name__ == "__main__":
    main()
