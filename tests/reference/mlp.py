"""Makes mlp.json: loss, gradients and three steps of Adam by PyTorch on a net that tests/main/lab/mlp.test.ts makes
as well.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0
    venv/bin/python tests/reference/mlp.py > tests/reference/mlp.json
"""
import json
import math
import torch

torch.set_default_dtype(torch.float64)
SIZES = [6, 5, 4, 3]
ROWS = 7


def fill(shape, salt):
    count = math.prod(shape)
    return torch.tensor([math.sin(salt + 1.7 * at) for at in range(count)]).reshape(shape)


layers = []
for index, (inputs, outputs) in enumerate(zip(SIZES, SIZES[1:])):
    layer = torch.nn.Linear(inputs, outputs)
    layer.weight.data = fill((outputs, inputs), index)
    layer.bias.data = fill((outputs,), index + 0.5) / 4
    layers += [layer, torch.nn.ReLU()]
net = torch.nn.Sequential(*layers[:-1])
x = fill((ROWS, SIZES[0]), 9)
y = torch.tensor([at % SIZES[-1] for at in range(ROWS)])
weights = torch.tensor([1.0 + at / 4 for at in range(ROWS)])
adam = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=0.1)

losses, first = [], None
for _ in range(3):
    adam.zero_grad()
    each = torch.nn.functional.cross_entropy(net(x), y, reduction="none")
    loss = (each * weights).sum() / weights.sum()
    loss.backward()
    losses.append(loss.item())
    if first is None:
        first = [parameter.grad.flatten().tolist() for parameter in net.parameters()]
    adam.step()
print(json.dumps({"losses": losses, "gradients": first,
                  "after": [parameter.data.flatten().tolist() for parameter in net.parameters()]}))
