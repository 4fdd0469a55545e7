"""Scores, calibration and their intervals."""

import numpy as np
import torch

from keys import mirex


@torch.no_grad()
def logits_of(net, examples) -> torch.Tensor:
    net.eval()
    return torch.cat([net(torch.from_numpy(e.input.astype(np.float32))[None]) for e in examples])


def score(logits: torch.Tensor, keys: list[int]) -> dict[str, float]:
    """Accuracy and MIREX weighted score, each with a bootstrap 95 % interval (10,000 resamples)."""
    chosen = logits.argmax(1).tolist()
    right = np.array([a == b for a, b in zip(chosen, keys)], dtype=float)
    weighted = np.array([mirex(k, c) for k, c in zip(keys, chosen)])
    draws = np.random.default_rng(1).integers(0, len(keys), (10_000, len(keys)))
    low, high = np.percentile(weighted[draws].mean(1), [2.5, 97.5])
    return {
        "n": len(keys),
        "accuracy": round(float(right.mean()), 4),
        "mirex": round(float(weighted.mean()), 4),
        "mirex95": [round(float(low), 4), round(float(high), 4)],
    }


def fit_temperature(logits: torch.Tensor, targets: torch.Tensor) -> float:
    """The temperature of least cross-entropy, by grid: one parameter needs no optimiser."""
    grid = np.geomspace(0.3, 6, 121)
    losses = [-(targets * torch.log_softmax(logits / t, 1)).sum(1).mean().item() for t in grid]
    return float(grid[int(np.argmin(losses))])


def calibration_error(logits: torch.Tensor, keys: list[int], temperature: float, bins: int = 10) -> float:
    """Expected calibration error of the top label."""
    probabilities = torch.softmax(logits / temperature, 1)
    confidence, chosen = probabilities.max(1)
    right = (chosen == torch.tensor(keys)).float()
    error = 0.0
    for i in range(bins):
        inside = (confidence > i / bins) & (confidence <= (i + 1) / bins)
        if inside.any():
            error += inside.float().mean().item() * abs(
                confidence[inside].mean().item() - right[inside].mean().item()
            )
    return error
