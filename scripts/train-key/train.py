"""
Trains the key net and exports models/builtin-key.onnx and models/builtin-key.json.

    python train.py --work DIR --models ../../models [--minutes 20] [--threads 1]

DIR holds render/index.tsv with rendered.f32/.tsv (features.ts over it) and, where there is any, real.f32/.tsv
with teacher.npz (teach.py over the same list).
"""

import argparse
import copy
import json
import time
from pathlib import Path

import numpy as np
import torch

from data import Example, batches, one_hot, read_features
from evaluate import calibration_error, fit_temperature, logits_of, score
from keys import LABELS
from net import KeyNet

VERSION = "1"


def load_rendered(work: Path) -> dict[str, list[Example]]:
    features = read_features(work / "rendered")
    by_name = {Path(line.split("\t")[0]).name: value for line, value in features.items()}
    splits: dict[str, list[Example]] = {"train": [], "valid": [], "test": []}
    for row in (work / "render" / "index.tsv").read_text().splitlines()[1:]:
        file, split, piece, key, cents = row.split("\t")
        if file not in by_name:
            continue
        target = one_hot(LABELS.index(key))
        # Tuned half-way between two keys, there is no telling which one it is in.
        if abs(float(cents)) > 40:
            continue
        splits[split].append(Example(by_name[file][0], target, piece))
    return splits


def load_real(work: Path) -> tuple[list[Example], list[Example]]:
    """Real music with the teachers' distribution; one track in ten is kept for validation."""
    if not (work / "teacher.npz").exists():
        return [], []
    features = read_features(work / "real")
    taught = np.load(work / "teacher.npz")
    train, valid = [], []
    for line, target, held_out in zip(taught["lines"], taught["targets"], taught["valid"]):
        if str(line) in features:
            example = Example(features[str(line)][0], target.astype(np.float32), "real")
            (valid if held_out else train).append(example)
    return train, valid


def keys_of(examples: list[Example]) -> list[int]:
    return [int(e.target.argmax()) for e in examples]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--real-share", type=float, default=0.6, help="share of real music among the examples seen")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="builtin-key")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)

    rendered = load_rendered(options.work)
    real, real_valid = load_real(options.work)
    examples = rendered["train"] + real
    share = options.real_share if real else 0.0
    certainty = np.array([e.target.max() for e in real])
    weights = np.concatenate(
        [
            np.full(len(rendered["train"]), (1 - share) / len(rendered["train"])),
            # Where the teachers are unsure there is little to learn.
            share * certainty / max(1e-9, certainty.sum()),
        ]
    )
    print({split: len(found) for split, found in rendered.items()}, "real", len(real), len(real_valid), flush=True)

    net = KeyNet()
    print("parameters", sum(p.numel() for p in net.parameters()))
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.02)
    average = copy.deepcopy(net)  # running mean of the weights: what is kept in the end
    start, step, last_report = time.monotonic(), 0, 0.0
    while (elapsed := (time.monotonic() - start) / (60 * options.minutes)) < 1:
        for x, y in batches(examples, weights, options.batch, 20, random):
            elapsed = min(1.0, (time.monotonic() - start) / (60 * options.minutes))
            # Warm up for 3 % of the time, then a cosine down to nothing.
            rate = options.rate * min(1, elapsed / 0.03 + 0.02) * (0.5 + 0.5 * np.cos(np.pi * elapsed))
            for group in optimizer.param_groups:
                group["lr"] = rate
            net.train()
            loss = torch.nn.functional.cross_entropy(net(x), 0.96 * y + 0.04 / 24)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimizer.step()
            step += 1
            keep = min(0.995, step / (step + 10))
            with torch.no_grad():
                for mean, now in zip(average.state_dict().values(), net.state_dict().values()):
                    if mean.dtype.is_floating_point:
                        mean.mul_(keep).add_(now, alpha=1 - keep)
                    else:
                        mean.copy_(now)
        if elapsed - last_report > 0.1:
            last_report = elapsed
            line = score(logits_of(average, rendered["valid"]), keys_of(rendered["valid"]))
            if real_valid:
                line["teacher"] = score(logits_of(average, real_valid), keys_of(real_valid))["mirex"]
            print(f"{elapsed:.0%} step {step} loss {loss.item():.3f} valid {line}", flush=True)

    report = finish(average, rendered, real_valid)
    report["steps"] = step
    export(average, options.models, options.name, report)
    print(json.dumps(report, indent=1))


def finish(net, rendered, real_valid) -> dict:
    """Calibrates on what was held out for validation, scores on what was held out for the test."""
    valid = rendered["valid"] + real_valid
    logits = logits_of(net, valid)
    temperature = fit_temperature(logits, torch.from_numpy(np.stack([e.target for e in valid])))
    test = rendered["test"]
    test_logits = logits_of(net, test)
    pop = [i for i, e in enumerate(test) if e.source.startswith("pop909")]
    report = {
        "temperature": round(temperature, 4),
        "renderedTest": score(test_logits, keys_of(test)),
        "renderedTestPop909": score(test_logits[pop], [keys_of(test)[i] for i in pop]),
        "renderedTestCalibrationError": round(calibration_error(test_logits, keys_of(test), temperature), 4),
    }
    if real_valid:
        report["teacherAgreementValid"] = score(logits_of(net, real_valid), keys_of(real_valid))
    return report


def export(net, models: Path, name: str, report: dict) -> None:
    net.eval()
    torch.onnx.export(
        net,
        (torch.rand(1, 252, 81),),
        str(models / f"{name}.onnx"),
        input_names=["magnitudes"],
        output_names=["logits"],
        dynamic_axes={"magnitudes": {2: "frames"}},
        opset_version=17,
        dynamo=False,
    )
    manifest = {
        "id": "builtin-key",
        "version": VERSION,
        "task": "key",
        "model": f"{name}.onnx",
        "labels": LABELS,
        **report,
    }
    (models / f"{name}.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
