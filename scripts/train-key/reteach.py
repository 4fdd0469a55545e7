"""
Second generation: adds a trained net's own answers to those of its teachers.

    python reteach.py --work DIR --net builtin-key.onnx [--net ...]

The net knows rendered pieces whose keys are certain, which its teachers never heard; what the three say together
is right more often than what the teachers say. Rewrites DIR/teacher.npz.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime

from data import read_features
from teach import save


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--net", type=Path, action="append", required=True)
    parser.add_argument("--temperature", type=float, default=1.0)
    options = parser.parse_args()
    one_thread = onnxruntime.SessionOptions()
    one_thread.intra_op_num_threads = 1
    nets = [onnxruntime.InferenceSession(str(net), one_thread) for net in options.net]
    features = read_features(options.work / "real")
    taught = np.load(options.work / "teacher.npz")
    lines, answers = [], []
    for line, answer in zip(taught["lines"], taught["answers"]):
        if str(line) not in features:
            continue
        magnitudes = features[str(line)][0].astype(np.float32)[None]
        logits = np.mean([net.run(None, {"magnitudes": magnitudes})[0][0] for net in nets], axis=0)
        own = np.exp((logits - logits.max()) / options.temperature)
        lines.append(str(line))
        answers.append(np.concatenate([answer[:2], (own / own.sum())[None]]))
    save(options.work / "teacher.npz", lines, np.array(answers))


if __name__ == "__main__":
    main()
