"""The signals of tests/main/models/recipes/key-signals.ts, and raw float files."""

import numpy as np


def progression(rate: int, seconds: float, chords: list[list[float]], each: float) -> np.ndarray:
    """Chords of five decaying harmonics, one after the other, over and over."""
    t = np.arange(int(rate * seconds)) / rate
    at = np.floor(t / each).astype(int) % len(chords)
    since = t - np.floor(t / each) * each
    y = np.zeros(len(t))
    for index, chord in enumerate(chords):
        for hertz in chord:
            for harmonic in range(1, 6):
                y += (at == index) * np.sin(2 * np.pi * hertz * harmonic * t) / harmonic
    return (0.1 * y * np.exp(-since)).astype(np.float32)


# I IV V I in D flat major and i iv V i in E minor, in just a few notes.
DB_MAJOR = [[138.59, 277.18, 349.23, 415.3], [92.5, 277.18, 369.99, 466.16], [103.83, 261.63, 311.13, 415.3]]
E_MINOR = [[82.41, 246.94, 329.63, 392.0], [110.0, 261.63, 329.63, 440.0], [123.47, 246.94, 311.13, 369.99]]


def signals(rate: int) -> dict[str, np.ndarray]:
    return {"db-major": progression(rate, 11.3, DB_MAJOR, 0.9), "e-minor": progression(rate, 7.77, E_MINOR, 0.7)}
