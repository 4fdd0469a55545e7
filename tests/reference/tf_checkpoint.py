"""Makes tests/main/models/readers/sample.index and sample.data: a small TensorFlow checkpoint.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.16.2
    venv/bin/python tests/reference/tf_checkpoint.py tests/main/models/readers
"""
import os
import sys
import tempfile

import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
with tempfile.TemporaryDirectory() as folder, tf.compat.v1.Session() as session:
    # Names that share beginnings, as in a real one, and more bytes than one block of the index holds.
    for i in range(120):
        tf.compat.v1.get_variable(f"layer_{i}/kernel", initializer=np.arange(6, dtype="f4").reshape(2, 3) + i)
    tf.compat.v1.get_variable("scalar", initializer=np.float32(1.5))
    tf.compat.v1.get_variable("double", initializer=np.zeros(2))
    tf.compat.v1.get_variable("nan", initializer=np.array([1, np.nan], "f4"))
    session.run(tf.compat.v1.global_variables_initializer())
    tf.compat.v1.train.Saver().save(session, f"{folder}/c", write_meta_graph=False)
    for source, target in ((".index", "sample.index"), (".data-00000-of-00001", "sample.data")):
        os.replace(f"{folder}/c{source}", os.path.join(sys.argv[1], target))
