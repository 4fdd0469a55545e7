"""Feature files of features.ts as training examples."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

BINS = 252


@dataclass
class Example:
    input: np.ndarray  # (252, frames) float16, mean 1
    target: np.ndarray  # (24,) probabilities
    source: str


def read_features(stem: Path) -> dict[str, tuple[np.ndarray, float]]:
    """By the line of the list: input and tuning."""
    values = np.memmap(f"{stem}.f32", dtype="<f4", mode="r")
    features, at = {}, 0
    for row in Path(f"{stem}.tsv").read_text(encoding="utf-8").splitlines():
        *line, frames, tuning = row.split("\t")
        size = int(frames) * BINS
        if size:
            block = np.array(values[at : at + size]).reshape(BINS, int(frames))
            if block.mean() > 1e-7:
                features["\t".join(line)] = ((block / block.mean()).astype(np.float16), float(tuning))
        at += size
    return features


def one_hot(key: int) -> np.ndarray:
    target = np.zeros(24, dtype=np.float32)
    target[key] = 1
    return target


def transpose_target(target: np.ndarray, semitones: int) -> np.ndarray:
    return np.concatenate([np.roll(target[:12], semitones), np.roll(target[12:], semitones)])


def augment(example: Example, frames: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A passage of `frames`, transposed, equalised, with a noise floor and gaps."""
    x = example.input
    if x.shape[1] < frames:
        x = np.tile(x, (1, -(-frames // x.shape[1])))
    start = random.integers(0, x.shape[1] - frames + 1)
    x = x[:, start : start + frames].astype(np.float32)
    semitones = int(random.integers(-5, 7))
    shift = 3 * semitones + (int(random.integers(-1, 2)) if random.random() < 0.1 else 0)
    moved = np.zeros_like(x)
    if shift >= 0:
        moved[shift:] = x[: BINS - shift]
    else:
        moved[:shift] = x[-shift:]
    x = moved
    if random.random() < 0.8:
        knots = random.normal(0, 4, 8)
        gain = np.interp(np.arange(BINS), np.linspace(0, BINS - 1, 8), knots)
        x *= (10 ** (gain / 20)).astype(np.float32)[:, None]
    if random.random() < 0.3:
        x[: random.integers(0, 60)] *= random.uniform(0, 0.3)
    if random.random() < 0.3:
        x[BINS - random.integers(1, 80) :] *= random.uniform(0, 0.3)
    x /= x.mean() + 1e-9
    if random.random() < 0.6:
        slope = np.linspace(1, random.uniform(0.3, 3), BINS, dtype=np.float32)[:, None]
        x += random.uniform(0, 0.6) * slope * random.gamma(4, 0.25, x.shape).astype(np.float32)
    if random.random() < 0.3:
        at = random.integers(0, frames)
        x[:, at : at + random.integers(1, max(2, frames // 4))] *= random.uniform(0, 0.5)
    return x, transpose_target(example.target, semitones)


def batches(examples: list[Example], weights: np.ndarray, size: int, steps: int, random: np.random.Generator):
    """`steps` batches, each of one random length of 10 to 30 seconds."""
    order = random.choice(len(examples), size * steps, p=weights / weights.sum())
    for step in range(steps):
        frames = int(random.integers(27, 82))
        pairs = [augment(examples[i], frames, random) for i in order[step * size : (step + 1) * size]]
        yield (torch.from_numpy(np.stack([x for x, _ in pairs])), torch.from_numpy(np.stack([y for _, y in pairs])))
