"""Makes clmr.json: what SampleCNN (clmr/models/sample_cnn.py of Spijkervet/CLMR) gives its last layer, with random
weights, by torch. The normalisations are folded into the convolutions, as torch's exporter folds them.

    python3 -m venv venv && venv/bin/pip install numpy torch==2.15.0
    venv/bin/python tests/reference/clmr.py > tests/reference/clmr.json
"""
import json

import numpy as np
import torch
import torch.nn.functional as F
from signals import chirp, noise

channels = [1, 128, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512]
x = torch.tensor(chirp(22050, 6)[: 2 * 59049].reshape(2, 1, 59049))
for i, (into, out) in enumerate(zip(channels, channels[1:])):
    weight = torch.tensor((noise(out * into * 3) * np.sqrt(2 / into)).astype(np.float32).reshape(out, into, 3))
    bias = torch.tensor((noise(out) * 0.1).astype(np.float32))
    x = F.relu(F.conv1d(x, weight, bias, stride=3 if i == 0 else 1, padding=0 if i == 0 else 1))
    if 0 < i < 10:
        x = F.max_pool1d(x, 3)
print(json.dumps([float(f"{v:.6g}") for v in x.flatten(1).mean(0).numpy()]))
