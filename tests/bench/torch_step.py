"""Measures a training step of the net in PyTorch on one core, to compare with a step on the CPU in the browser.

The layers are the same, with dropout 0.1, on random images. SGD has momentum 0.9 and learning rate 0.01. The output is one line
of JSON.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

CONVOLUTIONS = [
    # channels in, channels out, kernel, stride, padding
    (1, 32, 5, 1, 1),
    (32, 16, 3, 1, 1),
    (16, 16, 3, 2, 1),
    (16, 24, 3, 1, 1),
    (24, 16, 3, 1, 1),
    (16, 16, 3, 2, 1),
]


def net():
    layers = []
    for inputs, outputs, kernel, stride, padding in CONVOLUTIONS:
        layers += [nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.ReLU(), nn.BatchNorm2d(outputs), nn.Dropout(0.1)]
    return nn.Sequential(*layers, nn.Conv2d(16, 10, 3), nn.AvgPool2d(5), nn.Flatten(), nn.LogSoftmax(dim=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--budget", type=float, default=10, help="seconds after which no further step is started")
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = net()
    assert sum(parameter.numel() for parameter in model.parameters()) == 18_738
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    images = torch.randn(options.batch, 1, 28, 28)
    labels = torch.randint(10, (options.batch,))

    def step():
        began = time.perf_counter()
        optimizer.zero_grad()
        loss = functional.nll_loss(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
        return (time.perf_counter() - began) * 1e3

    for _ in range(options.warmup):
        step()
    began, times = time.perf_counter(), []
    while not times or len(times) < options.steps and time.perf_counter() - began < options.budget:
        times.append(step())
    figures = {"peer": "PyTorch", "version": torch.__version__, "batch": options.batch, "steps": len(times)}
    print(json.dumps(figures | {"ms_min": min(times), "ms_median": statistics.median(times)}))


main()
