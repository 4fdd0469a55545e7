"""
Asks two published key nets about passages of real music, for the built-in net to learn from.

    python teach.py --list real.list --out teacher.npz --skey DIR --keynet DIR [--weights ../../../shared/models]

DIR are checkouts of deezer/skey and a1ex90/MusicalKeyCNN (both MIT); WEIGHTS holds skey/skey.pt and
keynet/keynet.pt. Nothing of theirs is part of Cratewise.
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
    """S-KEY (Kong et al., ICASSP 2025): constant-Q magnitudes in decibels, then ChromaNet."""

    def __init__(self, checkout: Path, weights: Path):
        # The package's own entry imports torchaudio and nnAudio; only its net is wanted.
        package = types.ModuleType("skey")
        package.__path__ = [str(checkout / "skey")]
        sys.modules["skey"] = package
        from skey.chromanet import ChromaNet  # noqa: PLC0415

        state = torch.load(weights, map_location="cpu", weights_only=False)["stone"]
        self.net = ChromaNet(84, 1, [2, 3, 40, 40, 30, 10, 3], [7, 7, 7, 7, 7, 5, 5], 1)
        self.net.load_state_dict({k[10:]: v for k, v in state.items() if k.startswith("chromanet.")})
        self.net.eval()
        # Its outputs start with A major and with B minor.
        major = [(tonic - 9) % 12 for tonic in range(12)]
        minor = [12 + (tonic - 11) % 12 for tonic in range(12)]
        self.order = major + minor

    @torch.no_grad()
    def __call__(self, spectrum: np.ndarray, samples: int) -> np.ndarray:
        # nnAudio's VQT with its older Q; the same to r = .9997 at three times the speed.
        magnitudes = constant_q(spectrum, samples, 27.5, 84, 12, 512, 1 / (2 ** (1 / 12) - 1))
        decibels = 10 * np.log10(np.maximum(magnitudes, 1e-10))
        x = np.maximum(decibels, decibels.max() - 80) / 80 + 1
        return self.net(torch.from_numpy(x.astype(np.float32))[None, None])[0].numpy()[self.order]


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
    def __call__(self, spectrum: np.ndarray, samples: int) -> np.ndarray:
        # librosa.cqt(sr=44100, hop_length=8820, n_bins=105, bins_per_octave=24, fmin=65): twice our rate, so
        # filters twice as long.
        ratio = 2 ** (1 / 24)
        magnitudes = constant_q(spectrum, samples, 65, 105, 24, 4410, (ratio**2 + 1) / (ratio**2 - 1)) * np.sqrt(2)
        x = torch.from_numpy(np.log1p(magnitudes)[:, :-2].astype(np.float32))[None, None]
        return torch.softmax(self.net(x), 1)[0].numpy()[self.order]


def constant_q(spectrum, samples, lowest, bins, per_octave, hop, q) -> np.ndarray:
    """Magnitudes as librosa.cqt defines them, from one long spectrum (see constant-q.ts); (bins, frames)."""
    size = 2 * (len(spectrum) - 1)
    out = []
    for k in range(bins):
        hertz = lowest * 2 ** (k / per_octave)
        length = q * RATE / hertz
        centre, unit = hertz * size / RATE, length / size
        lines = np.arange(max(1, int(centre - 8 / unit)), min(size // 2, int(centre + 8 / unit)))
        x = (lines - centre) * unit
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.sinc(x) / (1 - x * x)
        gain[np.abs(np.abs(x) - 1) < 1e-6] = 0.5
        # The band at its own low rate: only magnitudes are wanted, so where it lies does not matter.
        rate = max(len(lines), 2 * size // hop)
        rate = 2 ** int(np.ceil(np.log2(rate)))
        band = np.zeros(rate, dtype=complex)
        band[: len(lines)] = spectrum[lines] * gain
        signal = np.abs(np.fft.ifft(band)) * rate / size
        at = np.arange(0, samples + 1, hop) * rate / size
        out.append(np.interp(at, np.arange(rate), signal) * np.sqrt(length))
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
        spectrum = np.fft.rfft(pcm, 2 ** int(np.ceil(np.log2(len(pcm) + 2**17))))
        answers.append(np.stack([skey(spectrum, len(pcm)), keynet(spectrum, len(pcm))]))
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
