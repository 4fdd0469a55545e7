"""What the PyPI package `musicnn` 0.1.0 says of audio files, for bench/front-ends.ts --package.

    python3 -m venv venv && venv/bin/pip install --no-deps musicnn==0.1.0 librosa==0.10.2.post1
    venv/bin/pip install 'tensorflow-cpu<2.17' 'tf-keras<2.17' resampy==0.4.3 soundfile audioread numba joblib decorator \
      pooch soxr lazy_loader msgpack scikit-learn scipy
    venv/bin/python tests/reference/musicnn_package.py ../shared/data/gtzan-full/*.flac > package.json

The package calls librosa with its defaults, which have changed since 2019: what it got then is put in their place, the
resampler (resampy 0.2's `kaiser_best`) and reflection at the ends. Its `penultimate` is that of the first patch on
every line (extractor.py takes the wrong variable), so only that one is given.
"""
import contextlib
import functools
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import librosa
import resampy
import scipy.signal
import soundfile as sf
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


def load(path, sr):
    y, rate = sf.read(path, dtype="float32")
    window = lambda n: scipy.signal.windows.kaiser(n, 14.769656459379492)
    filter = dict(filter="sinc_window", num_zeros=64, precision=9, rolloff=0.9475937167399596, window=window)
    return resampy.resample(y, rate, sr, **filter), sr


librosa.load = load
librosa.feature.melspectrogram = functools.partial(librosa.feature.melspectrogram, pad_mode="reflect")
with contextlib.redirect_stdout(sys.stderr):
    from musicnn.extractor import extractor

    out = {}
    for path in sys.argv[1:]:
        tags, _, features = extractor(path, model="MSD_musicnn", input_overlap=1)
        out[Path(path).stem] = {"tags": tags.tolist(), "penultimate": features["penultimate"][0].tolist()}
json.dump(out, sys.stdout)
