"""
Asks two published key nets about passages of real music, for the built-in net to learn from.

    python teach.py --list real.list --out teacher.npz --skey DIR --keynet DIR [--weights ../../../shared/models]

DIR are checkouts of deezer/skey and a1ex90/MusicalKeyCNN (both MIT); WEIGHTS holds skey/skey.pt and
keynet/keynet.pt. Nothing of theirs is part of Cratewise. Needs nnAudio beside requirements.txt.
"""

import argparse
import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import torch

from keys import LABELS, key_index, mirex

RATE = 22_050


def decode(file: str, start: str, seconds: str) -> np.ndarray:
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-ss", start, "-t", seconds, "-i", file, "-ac", "1", "-ar", str(RATE)]
        + ["-f", "f32le", "-"],
        capture_output=True,
        check=False,
    ).stdout
    pcm = np.frombuffer(raw[: len(raw) // 4 * 4], "<f4")
    peak = np.abs(pcm).max(initial=0)
    return pcm / peak if peak > 0 else pcm


class SKey:
    """S-KEY (Kong et al., ICASSP 2025): a constant-Q transform of nnAudio's, then ChromaNet."""

    def __init__(self, checkout: Path, weights: Path):
        # The package's own entry imports all of torchaudio; only its net is wanted.
        package = types.ModuleType("skey")
        package.__path__ = [str(checkout / "skey")]
        sys.modules["skey"] = package
        from nnAudio.features.vqt import VQT  # noqa: PLC0415
        from skey.chromanet import ChromaNet  # noqa: PLC0415

        state = torch.load(weights, map_location="cpu", weights_only=False)["stone"]
        self.transform = VQT(sr=RATE, hop_length=512, fmin=27.5, n_bins=99, verbose=False)
        self.transform.load_state_dict({k[5:]: v for k, v in state.items() if k.startswith("hcqt.")})
        self.net = ChromaNet(84, 1, [2, 3, 40, 40, 30, 10, 3], [7, 7, 7, 7, 7, 5, 5], 1)
        self.net.load_state_dict({k[10:]: v for k, v in state.items() if k.startswith("chromanet.")})
        self.net.eval()
        # Its outputs start with A major and with B minor.
        major = [(tonic - 9) % 12 for tonic in range(12)]
        minor = [12 + (tonic - 11) % 12 for tonic in range(12)]
        self.order = major + minor

    @torch.no_grad()
    def __call__(self, pcm: np.ndarray, crops=(0, 7)) -> np.ndarray:
        """Mean distribution over a few transpositions, which it treats alike but not quite equally."""
        magnitudes = self.transform(torch.from_numpy(pcm.copy())[None], normalization_type="librosa")
        decibels = 10 * torch.log10(magnitudes.clamp(min=1e-10))
        x = torch.maximum(decibels, decibels.max() - 80)[:, None] / 80 + 1
        total = np.zeros(24)
        for crop in crops:
            answer = self.net(x[:, :, crop : crop + 84])[0].numpy()[self.order]
            # Cropping from the bottom moves the music down by as much.
            total += np.concatenate([np.roll(answer[:12], crop), np.roll(answer[12:], crop)])
        return total / total.sum()


class KeyNet:
    """KeyNet of MusicalKeyCNN, after Korzeniowski & Widmer (2018)."""

    def __init__(self, checkout: Path, weights: Path):
        spec = importlib.util.spec_from_file_location("keynet_model", checkout / "model.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.net = module.KeyNet()
        self.net.load_state_dict(torch.load(weights, map_location="cpu"))
        self.net.eval()
        minors = ["Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "Gb", "Db"]
        majors = ["B", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E"]
        keys = [key_index(k, "minor") for k in minors] + [key_index(k, "major") for k in majors]
        self.order = np.argsort(keys)

    @torch.no_grad()
    def __call__(self, pcm: np.ndarray, shifts=(0, 2)) -> np.ndarray:
        total = np.zeros(24)
        spectrum = np.fft.rfft(pcm, 2 ** int(np.ceil(np.log2(len(pcm) + 2**17))))
        for shift in shifts:
            # librosa.cqt(sr=44100, hop_length=8820, n_bins=105, bins_per_octave=24, fmin=65), transposed.
            magnitudes = constant_q(spectrum, len(pcm), 65 * 2 ** (-shift / 12), 105, 24, RATE // 5)
            x = torch.from_numpy(np.log1p(magnitudes * np.sqrt(2))[:, :-2].astype(np.float32))[None, None]
            answer = torch.softmax(self.net(x), 1)[0].numpy()[self.order]
            total += np.concatenate([np.roll(answer[:12], -shift), np.roll(answer[12:], -shift)])
        return total / total.sum()


def constant_q(spectrum, samples, lowest, bins, per_octave, hop) -> np.ndarray:
    """Magnitudes as librosa.cqt defines them, from one long spectrum (see constant-q.ts); (bins, frames)."""
    size = 2 * (len(spectrum) - 1)
    ratio = 2 ** (1 / per_octave)
    q = (ratio**2 + 1) / (ratio**2 - 1)
    out = []
    for k in range(bins):
        hertz = lowest * ratio**k
        length = q * RATE / hertz
        centre, unit = hertz * size / RATE, length / size
        lines = np.arange(max(1, int(centre - 8 / unit)), min(size // 2, int(centre + 8 / unit)))
        x = (lines - centre) * unit
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.sinc(x) / (1 - x * x)
        gain[np.abs(np.abs(x) - 1) < 1e-6] = 0.5
        band = np.zeros(2 ** int(np.ceil(np.log2(len(lines) + 1))), dtype=complex)
        band[: len(lines)] = spectrum[lines] * gain
        # The band alone, at its own low rate: only magnitudes are wanted, so its place does not matter.
        signal = np.abs(np.fft.ifft(band)) * len(band) / size
        at = np.arange(0, samples + 1, hop) * len(band) / size
        out.append(np.interp(at, np.arange(len(band)), signal) * np.sqrt(length))
    return np.array(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--skey", type=Path, required=True)
    parser.add_argument("--keynet", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--keys", type=Path, help="index.tsv of rendered clips: print how often the teachers are right")
    options = parser.parse_args()
    torch.set_num_threads(1)
    skey = SKey(options.skey, options.weights / "skey" / "skey.pt")
    keynet = KeyNet(options.keynet, options.weights / "keynet" / "keynet.pt")
    lines = [line for line in options.list.read_text(encoding="utf-8").splitlines() if line]
    heard, answers = [], []
    for number, line in enumerate(lines, 1):
        pcm = decode(*line.split("\t")[:3])
        if len(pcm) < 10 * RATE or not np.any(pcm):
            continue
        heard.append(line)
        answers.append(np.stack([skey(pcm), keynet(pcm)]))
        if number % 100 == 0:
            print(f"{number}/{len(lines)}", flush=True)
            save(options.out, heard, np.array(answers))
    save(options.out, heard, np.array(answers))
    if options.keys:
        report(options.keys, heard, np.array(answers))


def save(out: Path, lines: list[str], answers: np.ndarray) -> None:
    """
    The target of a passage: the teachers' mean distribution, half its own and half that of the whole track (a
    track seldom leaves its key for good, and the mean of several passages is right more often than one).
    """
    fused = answers.mean(axis=1)
    files = [line.split("\t")[0] for line in lines]
    tracks = {file: fused[[i for i, f in enumerate(files) if f == file]].mean(0) for file in set(files)}
    targets = np.stack([(fused[i] + tracks[file]) / 2 for i, file in enumerate(files)])
    valid = np.array([sum(file.encode()) % 10 == 0 for file in files])
    np.savez(out, lines=np.array(lines), targets=targets, answers=answers, valid=valid)


def report(index: Path, lines: list[str], answers: np.ndarray) -> None:
    keys = dict(row.split("\t")[0:4:3] for row in index.read_text().splitlines()[1:])
    truth = [LABELS.index(keys[Path(line.split("\t")[0]).name]) for line in lines]
    for name, p in (("S-KEY", answers[:, 0]), ("KeyNet", answers[:, 1]), ("mean", answers.mean(1))):
        chosen = p.argmax(1)
        score = np.mean([mirex(int(k), int(c)) for k, c in zip(truth, chosen)])
        print(name, "accuracy", np.mean(chosen == truth).round(3), "MIREX", score.round(3), "minor", np.mean(chosen > 11).round(2))


if __name__ == "__main__":
    main()
