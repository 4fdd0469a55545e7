"""Makes tests/main/models/readers/sample.h5: a small file as Keras 1 laid out its weights, and things that we refuse.

    python3 -m venv venv && venv/bin/pip install h5py==3.16.0
    venv/bin/python tests/reference/hdf5.py tests/main/models/readers/sample.h5
"""
import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1], "w", libver="earliest") as f:
    f.attrs["layer_names"] = [b"net", b"odd"]
    net = f.create_group("net")
    net.attrs["weight_names"] = [b"w0", b"w1"]
    # More than the eight that one symbol table node holds.
    for i in range(20):
        net.create_dataset(f"w{i}", data=np.arange(6, dtype="<f4").reshape(2, 3) + i / 4)
    net.create_dataset("scalar", data=np.float32(1.5))
    odd = f.create_group("odd")
    odd.create_dataset("chunked", data=np.zeros((8, 8), "<f4"), chunks=(4, 4))
    odd.create_dataset("compressed", data=np.zeros((8, 8), "<f4"), chunks=(4, 4), compression="gzip")
    odd.create_dataset("big_endian", data=np.zeros(4, ">f4"))
    odd.create_dataset("double", data=np.zeros(4, "<f8"))
    odd.create_dataset("integer", data=np.zeros(4, "<i4"))
    odd.create_dataset("nan", data=np.array([1, np.nan], "<f4"))
    odd.create_dataset("huge", shape=(2**40, 2**20), dtype="<f4", chunks=(1024, 1024))
    f.create_group("links")["out"] = h5py.ExternalLink("/etc/passwd", "/")
