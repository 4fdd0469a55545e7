"""Softmax regression by scikit-learn on the matrices of bench/trainer.ts: loss at the optimum and seconds.

usage: sklearn_peer.py <folder with x.npy and y.npy> <C>...
Prints one JSON object a line: {"c", "loss", "seconds", "iterations"}. The loss is ours: the mean cross-entropy plus
||W||^2 / (2 C n).
"""
import json
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression

folder, *strengths = sys.argv[1:]
x = np.load(f"{folder}/x.npy").astype(np.float64)
y = np.load(f"{folder}/y.npy").astype(int)
for c in map(float, strengths):
    start = time.perf_counter()
    model = LogisticRegression(C=c, tol=1e-9, max_iter=20_000).fit(x, y)
    seconds = time.perf_counter() - start
    scores = x @ model.coef_.T + model.intercept_
    top = scores.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0]
    loss = (log_sum - scores[np.arange(len(y)), y]).mean() + (model.coef_**2).sum() / (2 * c * len(y))
    print(json.dumps({"c": c, "loss": loss, "seconds": seconds, "iterations": int(model.n_iter_[0])}))
