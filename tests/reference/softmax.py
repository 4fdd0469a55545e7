"""Makes softmax.json: the optimum of multinomial logistic regression by scikit-learn on data that
tests/main/lab/softmax-regression.test.ts makes as well. The loss is ours: weighted mean cross-entropy plus
||W||^2 / (2 C sum of weights).

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    venv/bin/python tests/reference/softmax.py > tests/reference/softmax.json
"""
import json
import math

import numpy as np
from sklearn.linear_model import LogisticRegression

ROWS, COLUMNS = 60, 4
x = np.array([[math.sin(1.3 * i + 2.1 * j) + 0.5 * math.cos(0.7 * i * j) + (0.8 if i % 3 == j else 0)
               for j in range(COLUMNS)] for i in range(ROWS)])
y = np.arange(ROWS) % 3
cases = []
for c, first_weight in [(0.01, 1), (0.1, 1), (1, 1), (10, 1), (1, 3)]:
    weights = np.where(y == 0, first_weight, 1.0)
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100_000).fit(x, y, sample_weight=weights)
    scores = x @ model.coef_.T + model.intercept_
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(ROWS), y]
    total = weights.sum()
    loss = (weights * losses).sum() / total + (model.coef_**2).sum() / (2 * c * total)
    cases.append({"c": c, "firstWeight": first_weight, "loss": float(loss),
                  "weights": model.coef_.flatten().tolist()})
print(json.dumps(cases))
