#!/usr/bin/env python3
"""The tables of docs/scaling.md: what a step of training takes on 1 to 1,024 GPUs, by a model. Nothing here is measured.

The constants are those that docs/scaling.md names with their sources; the formulas stand there too.
"""

import math

HOST = 8  # GPUs
MODEL_FACTOR = 1.5  # of the floor: what the goals for one GPU leave for everything else
MICROSECOND = 1e-6
EXCHANGE_OF_A_STEP = 1 * MICROSECOND  # between the blocks of a GPU, for each step of each layer, forward and backward
FEWEST_ROWS = 8  # fewer sequences take a tensor core as long
NVLINK, NETWORK = 360e9, 8 * 47e9  # bytes a second: of a GPU's links, of all cards of a host
RING = {"start": 8.4 * MICROSECOND, "nvlink": 3.4 * MICROSECOND, "network": 9.6 * 1.9 * MICROSECOND}
TREE = {"start": 4.4 * MICROSECOND, "nvlink": 1.2 * MICROSECOND, "network": 8.5 * MICROSECOND, "share": 0.9 * 0.915 * 0.6}
HOST_COPY, HOST_SUM = 50e9, 10e9  # bytes a second: to and from a GPU, summing in the host
NUMBERS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Shape:
    def __init__(self, name, layers, hidden, batch, steps, embedding, arithmetic):
        self.name, self.layers, self.hidden, self.batch, self.steps, self.arithmetic = name, layers, hidden, batch, steps, arithmetic
        first = 4 * hidden * (embedding + hidden + 2)
        self.upper = (layers - 1) * 4 * hidden * (2 * hidden + 2) + 96 * (hidden + 1)
        self.lowest = first + 96 * embedding
        self.weights = self.upper + self.lowest

    def compute(self, sequences):
        """Seconds of a step without any exchange of gradients."""
        rows = max(sequences, FEWEST_ROWS) / self.batch
        return MODEL_FACTOR * (self.arithmetic * rows + 2 * self.layers * self.steps * EXCHANGE_OF_A_STEP)


SHAPES = (Shape("A", 2, 512, 64, 256, 128, 0.52e-3), Shape("B", 2, 1024, 128, 256, 256, 4.2e-3),
          Shape("C", 1, 2048, 64, 512, 256, 8.4e-3))


def all_reduce(gpus, size):
    """Seconds for so many bytes: the quicker one of a ring and a tree."""
    if gpus == 1:
        return 0
    hosts = math.ceil(gpus / HOST)
    speed = NVLINK if hosts == 1 else min(NVLINK, NETWORK)
    within, between = 2 * (gpus - hosts), 2 * (hosts - 1)
    ring = RING["start"] + within * RING["nvlink"] + between * RING["network"] + 2 * (gpus - 1) / gpus * size / speed
    depth = 2 * (min(gpus, HOST) - 1) * TREE["nvlink"] + 2 * math.log2(hosts) * TREE["network"]
    tree = TREE["start"] + depth + 2 * size / (speed * TREE["share"])
    return min(ring, tree)


def step(shape, gpus, sequences, bytes_each, overlaps=True):
    """Seconds. The exchange of what is done first is hidden behind the backward pass of the lowest layer: a third of the step."""
    compute = shape.compute(sequences)
    if not overlaps:
        return compute + all_reduce(gpus, shape.weights * bytes_each)
    window = compute * (2 / 3) / shape.layers if shape.layers > 1 else 0
    hidden = max(0, all_reduce(gpus, shape.upper * bytes_each) - window)
    return compute + hidden + all_reduce(gpus, shape.lowest * bytes_each)


def through_hosts(shape, gpus, sequences):
    """As the program does it without NCCL, on one host: down, summed in the order of the processes, up, nothing hidden."""
    size = 4 * shape.weights
    return shape.compute(sequences) + (2 * size / HOST_COPY + 2 * size / HOST_SUM if gpus > 1 else 0)


def table(title, rows):
    print(f"\n{title}\n")
    print("| GPUs | " + " | ".join(f"{shape.name}: ms | {shape.name}: efficiency" for shape in SHAPES) + " |")
    print("| ---: |" + " ---: | ---: |" * len(SHAPES))
    for gpus in NUMBERS:
        cells = [rows(shape, gpus) for shape in SHAPES]
        if any(cells):
            print(f"| {gpus:,} | " + " | ".join(f"{1e3 * cell[0]:.2f} | {cell[1]:.0%}" if cell else "- | -" for cell in cells) + " |")


def strong(bytes_each, overlaps):
    def rows(shape, gpus):
        if gpus > shape.batch:
            return None
        took = step(shape, gpus, shape.batch / gpus, bytes_each, overlaps)
        return took, step(shape, 1, shape.batch, bytes_each) / (gpus * took)
    return rows


def weak(bytes_each, overlaps):
    def rows(shape, gpus):
        took = step(shape, gpus, shape.batch, bytes_each, overlaps)
        return took, step(shape, 1, shape.batch, bytes_each) / took
    return rows


def hosts(shape, gpus):
    if gpus > HOST:
        return None
    took = through_hosts(shape, gpus, shape.batch / gpus)
    return took, shape.compute(shape.batch) / (gpus * took)


def largest(rows, shape, least):
    worth = [gpus for gpus in NUMBERS if rows(shape, gpus) and rows(shape, gpus)[1] >= least]
    return f"{max(worth):,}"


def main():
    print("| | " + " | ".join(shape.name for shape in SHAPES) + " |\n| --- |" + " ---: |" * len(SHAPES))
    print("| weights, millions | " + " | ".join(f"{shape.weights / 1e6:.1f}" for shape in SHAPES) + " |")
    print("| of them exchanged last | " + " | ".join(f"{shape.lowest / 1e6:.1f}" for shape in SHAPES) + " |")
    for gpus in (2, 8, 64, 1024):
        print(f"| all-reduce of the gradients in float32, {gpus:,} GPUs, ms | "
              + " | ".join(f"{1e3 * all_reduce(gpus, 4 * shape.weights):.2f}" for shape in SHAPES) + " |")
    table("Strong: one batch divided, float32, exchange beside backward", strong(4, True))
    table("Weak: a batch of its own for each, float32, exchange beside backward", weak(4, True))
    table("Strong, through the hosts", hosts)
    print("\n| largest N with | " + " | ".join(shape.name for shape in SHAPES) + " |\n| --- |" + " ---: |" * len(SHAPES))
    for name, rows, least in (("one batch divided, efficiency 50 %", strong(4, True), 0.5),
                              ("the same, bfloat16 on the wire", strong(2, True), 0.5),
                              ("the same, float32 behind backward", strong(4, False), 0.5),
                              ("a batch for each, efficiency 80 %", weak(4, True), 0.8),
                              ("the same, bfloat16 on the wire", weak(2, True), 0.8),
                              ("the same, float32 behind backward", weak(4, False), 0.8)):
        print(f"| {name} | " + " | ".join(largest(rows, shape, least) for shape in SHAPES) + " |")


main()
