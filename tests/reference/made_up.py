"""Weights for golden answers: no one's, but the same in Python and TypeScript."""

import numpy as np
import torch


def made_up(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """The weights of tests/main/models/recipes/made-up.ts."""
    size = int(np.prod(shape))
    index = np.arange(size)
    # A quantiser whose codewords are all but the same would always answer with one.
    irregular = name.startswith(("encoders.", "bottleneck."))
    wave = np.cos(0.37 * index * index + len(name)) if irregular else np.cos(0.7 * index + len(name))
    if name.endswith(("running_var", "lenghts")):
        values = 1.5 + wave
    elif name.endswith(("bn.weight", "ln_0.weight", "ln_1.weight")):
        values = 1 + 0.2 * wave
    elif len(shape) < 2:
        values = 0.1 * wave
    else:
        values = (3 if irregular else 1.5) * wave / np.sqrt(size / shape[0])
    return torch.from_numpy(values.astype(np.float32).reshape(shape))
