"""
Renders passages of POP909 and Nottingham to 22,050 Hz mono WAV files with known keys.

    python render.py --shared ../../../shared/data --out DIR/render --count 3000 [--workers 2]

Writes OUT/NNNNN.wav and OUT/index.tsv (file, split, piece, key, cents: how far the tuning is off A440).
A clip depends on the seed and its number alone, so a run that was stopped can go on.
"""

import argparse
import subprocess
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import numpy as np
import soundfile
import soxr
from scipy.signal import lfilter

from arrange import arrange
from keys import LABELS, transpose
from scores import nottingham_notes, nottingham_passages, pop909_notes, pop909_passages, split_of

RATE = 22_050
RENDER_RATE = 32_000
SOUND_FONTS = [
    ("/usr/share/sounds/sf2/FluidR3_GM.sf2", 4),
    ("/usr/share/sounds/sf2/TimGM6mb.sf2", 3),
    ("/usr/share/sounds/sf3/MuseScore_General_Lite.sf3", 3),
    ("/usr/share/sounds/sf2/OPL-3_FM_128M.sf2", 1),
    ("/usr/share/sounds/sf2/sf_GMbank.sf2", 1),
]


def synthesize(midi, seconds: float, random: Random) -> np.ndarray:
    """Mono samples at RENDER_RATE from fluidsynth with a random soundfont."""
    fonts = [(font, weight) for font, weight in SOUND_FONTS if Path(font).exists()]
    font = random.choices([font for font, _ in fonts], [weight for _, weight in fonts])[0]
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "clip.mid"
        midi.save(path)
        raw = subprocess.run(
            [
                "fluidsynth", "-q", "-n", "-i", "-g", "0.6", "-r", str(RENDER_RATE),
                "-R", "1" if random.random() < 0.7 else "0", "-C", "0",
                "-o", "synth.dynamic-sample-loading=1",
                "-F", str(Path(scratch) / "clip.raw"), "-T", "raw", "-O", "s16", font, str(path),
            ],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        del raw
        stereo = np.fromfile(Path(scratch) / "clip.raw", dtype="<i2").reshape(-1, 2)
    return stereo.mean(axis=1)[: int(seconds * RENDER_RATE)].astype(np.float32) / 32768


def degrade(samples: np.ndarray, random: Random) -> np.ndarray:
    """Random equaliser, saturation, compression, band limits and noise at RATE."""
    noise = np.random.default_rng(random.getrandbits(32))
    for _ in range(random.randint(0, 3)):
        samples = peak_filter(samples, random.uniform(60, 6000), random.uniform(-9, 9), random.uniform(0.4, 2))
    if random.random() < 0.25:  # a small speaker, an old record
        pole = np.exp(-2 * np.pi * random.uniform(40, 250) / RATE)
        samples = lfilter([1, -1], [1, -pole], samples)
    if random.random() < 0.3:
        pole = np.exp(-2 * np.pi * random.uniform(1500, 6000) / RATE)
        samples = lfilter([1 - pole], [1, -pole], samples)
    samples = samples / (np.abs(samples).max() + 1e-9)
    if random.random() < 0.4:
        samples = np.tanh(samples * random.uniform(1, 6))
    if random.random() < 0.4:
        envelope = lfilter([0.002], [1, -0.998], np.abs(samples)) + 0.02
        samples = samples * envelope ** random.uniform(-0.7, -0.2)
    if random.random() < 0.5:
        colour = noise.standard_normal(len(samples))
        if random.random() < 0.5:
            colour = lfilter([0.2], [1, -0.8], colour)
        level = 10 ** (-random.uniform(15, 50) / 20)
        samples = samples + colour * level * samples.std() / (colour.std() + 1e-9)
    return (samples / (np.abs(samples).max() + 1e-9) * random.uniform(0.2, 1)).astype(np.float32)


def peak_filter(samples: np.ndarray, hertz: float, decibels: float, q: float) -> np.ndarray:
    """Peaking equaliser of the Audio EQ Cookbook (Bristow-Johnson)."""
    a = 10 ** (decibels / 40)
    w = 2 * np.pi * hertz / RATE
    alpha = np.sin(w) / (2 * q)
    b = [1 + alpha * a, -2 * np.cos(w), 1 - alpha * a]
    return lfilter(b, [1 + alpha / a, -2 * np.cos(w), 1 - alpha / a], samples)


def render(job) -> str:
    """One clip; returns its line of the index."""
    number, passage, seed, shared, out = job
    random = Random(f"{seed}/{number}")
    folder = Path(shared) / ("pop909" if passage.piece.startswith("pop909") else "nottingham-abc")
    reader = pop909_notes if passage.piece.startswith("pop909") else nottingham_notes
    notes = reader(folder, passage.piece)
    seconds = 30.0
    last = max((note.end for note in notes), default=0)
    start = random.uniform(passage.start, max(passage.start, min(passage.end, last) - 1.3 * seconds))
    semitones = random.randint(-6, 5)
    # Real recordings are mostly near A440; some are anywhere.
    cents = random.gauss(0, 8) if random.random() < 0.7 else random.uniform(-45, 45)
    file = f"{number:05d}.wav"
    target = Path(out) / file
    if not target.exists():
        # A key that ends before the window does would make the label wrong.
        window = min(seconds, max(8.0, (min(passage.end, last) - start) / 1.3))
        samples = synthesize(arrange(notes, start, window, semitones, random), window, random)
        ratio = 2 ** (cents / 1200)
        samples = soxr.resample(samples, RENDER_RATE * ratio, RATE)
        partial = target.with_suffix(".part")
        soundfile.write(partial, degrade(samples, random), RATE, subtype="PCM_16", format="WAV")
        partial.rename(target)
    key = transpose(passage.key, semitones)
    return f"{file}\t{split_of(passage.piece)}\t{passage.piece}\t{LABELS[key]}\t{cents:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", required=True, help="folder that holds pop909 and nottingham-abc")
    parser.add_argument("--out", required=True)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", default="cratewise-key-1")
    parser.add_argument("--split", help="only pieces of this split: train, valid or test")
    options = parser.parse_args()
    shared, out = Path(options.shared), Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    pop, folk = pop909_passages(shared / "pop909"), nottingham_passages(shared / "nottingham-abc")
    if options.split:
        pop = [passage for passage in pop if split_of(passage.piece) == options.split]
        folk = [passage for passage in folk if split_of(passage.piece) == options.split]
    random = Random(options.seed)
    jobs = []
    for number in range(options.count):
        passage = random.choice(pop) if random.random() < 0.8 else random.choice(folk)
        jobs.append((number, passage, options.seed, str(shared), str(out)))
    index = out / "index.tsv"
    # Numbers that an earlier run got through; the rest is looked at again, and rendered where it is missing.
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else ["file\tsplit\tpiece\tkey\tcents"]
    jobs = jobs[len(lines) - 1 :]
    with ProcessPoolExecutor(options.workers) as pool:
        for done, line in enumerate(pool.map(render, jobs, chunksize=4), 1):
            lines.append(line)
            if done % 100 == 0:
                print(f"{done}/{len(jobs)}", flush=True)
                index.write_text("\n".join(lines) + "\n", encoding="utf-8")
    index.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
