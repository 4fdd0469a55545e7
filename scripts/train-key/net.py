"""The key net: from constant-Q magnitudes (batch, 252, frames) to 24 logits."""

import torch
from torch import nn
from torch.nn import functional as F

BINS, PER_SEMITONE, SEMITONES = 252, 3, 84


class PitchBlock(nn.Module):
    """Residual block on the pitch axis: a depth-wise look at two octaves around, then a mix of channels."""

    def __init__(self, channels: int):
        super().__init__()
        self.look = nn.Conv2d(channels, channels, (25, 3), padding=(12, 1), groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x):
        return x + self.narrow(F.relu(self.widen(self.norm(self.look(x)))))


class CircularConv(nn.Module):
    """Convolution over the circle of 12 pitch classes: the same weights for each, so for each key."""

    def __init__(self, inputs: int, outputs: int, frames: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, (12, frames), padding=(0, frames // 2))

    def forward(self, x):
        return self.conv(torch.cat([x, x[:, :, :11]], dim=2))


class KeyNet(nn.Module):
    def __init__(self, channels: int = 24, hidden: int = 48, dropout: float = 0.2):
        super().__init__()
        self.semitones = nn.Conv2d(2, channels, (7, 3), stride=(PER_SEMITONE, 1), padding=(3, 1))
        self.norm = nn.BatchNorm2d(channels)
        self.blocks = nn.Sequential(PitchBlock(channels), PitchBlock(channels))
        self.fold_norm = nn.BatchNorm2d(2 * channels)
        self.first = CircularConv(2 * channels, hidden, 3)
        self.first_norm = nn.BatchNorm2d(hidden)
        self.second = CircularConv(hidden, hidden, 1)
        self.second_norm = nn.BatchNorm2d(hidden)
        self.head = CircularConv(2 * hidden, 2, 1)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("height", torch.linspace(-1, 1, BINS).view(1, BINS, 1))

    def forward(self, x):
        # As loud as any other piece; then compressed, so that melody and bass count beside the drums.
        x = x / (x.mean(dim=(1, 2), keepdim=True) + 1e-9)
        x = torch.log1p(5 * x)
        # The second channel tells low from high; without it bass notes would look like any other.
        x = torch.stack([x, x * self.height], dim=1)
        x = F.relu(self.norm(self.semitones(x)))
        x = F.avg_pool2d(x, (1, 2), ceil_mode=True, count_include_pad=False)
        x = self.blocks(x)
        octaves = x.view(x.shape[0], x.shape[1], SEMITONES // 12, 12, -1)
        x = self.fold_norm(torch.cat([octaves.mean(dim=2), octaves.amax(dim=2)], dim=1))
        x = self.dropout(F.relu(self.first_norm(self.first(x))))
        x = self.dropout(F.relu(x + self.second_norm(self.second(x))))
        x = torch.cat([x.mean(dim=3, keepdim=True), x.amax(dim=3, keepdim=True)], dim=1)
        return self.head(x).flatten(1)  # (batch, 2 modes × 12 tonics): C major … B major, C minor … B minor
