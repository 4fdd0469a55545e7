"""Prints what src/analyser/dsp/resampy-shape.ts has in `decibels`: the power spectrum of white noise after the resampler that librosa
used in 2017, over that after ours, in decibels, by bin of a 512-sample spectrum at 12 kHz.

    python3 -m venv venv && venv/bin/pip install resampy==0.4.3 scipy soundfile
    venv/bin/python tests/reference/choi_resampler.py write noise.wav
    node -e "import('./src/analyser/decode/decode.ts').then(({ AudioFile }) => { \
      const file = new AudioFile('noise.wav'); \
      const pcm = file.decode({ start: 0, length: 60 }, [12000]).pcm.get(12000); \
      require('node:fs').writeFileSync('noise.f32', Buffer.from(pcm.slice().buffer)) })"
    venv/bin/python tests/reference/choi_resampler.py compare noise.wav noise.f32
"""
import sys

import numpy as np
import resampy
import scipy.signal
import soundfile as sf


def resampy_of_2017(y):
    """resampy 0.1's `kaiser_best`; later versions have another filter by that name."""
    window = lambda n: scipy.signal.windows.kaiser(n, 14.769656459379492)
    options = dict(num_zeros=64, precision=9, rolloff=0.9475937167399596, window=window)
    return resampy.resample(y, 22050, 12000, filter="sinc_window", **options)


def spectrum(y):
    window = np.hanning(513)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(y.astype(np.float64), 512)[::256] * window
    return (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)


if sys.argv[1] == "write":
    noise = np.random.default_rng(1).standard_normal(22050 * 60) * 0.1
    sf.write(sys.argv[2], noise.astype(np.float32), 22050, subtype="FLOAT")
else:
    theirs = resampy_of_2017(sf.read(sys.argv[2], dtype="float32")[0])
    ours = np.fromfile(sys.argv[3], np.float32)
    n = min(len(theirs), len(ours))
    ratio = 10 * np.log10(spectrum(theirs[:n]) / spectrum(ours[:n]))
    print("largest difference below bin 225:", np.abs(ratio[1:225]).max())
    print([round(float(r), 2) for r in ratio[225:]])
