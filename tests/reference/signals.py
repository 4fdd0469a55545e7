"""The signals of tests/analyser/signals.ts, for the reference scripts."""
import numpy as np


def noise(count):
    """A linear congruential generator (Numerical Recipes), -1..1: the same numbers in any language."""
    out = np.empty(count)
    state = 12345
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state / 2**31 - 1
    return out


def chirp(rate, seconds):
    """A sweep from 110 Hz upwards, with a pulse and a little noise, at half of full scale."""
    t = np.arange(int(rate * seconds)) / rate
    sweep = np.sin(2 * np.pi * (110 * t + 300 * t**2))
    pulse = 0.5 + 0.5 * np.cos(2 * np.pi * 2 * t)
    return (0.4 * sweep * pulse + 0.02 * noise(len(t))).astype(np.float32)
