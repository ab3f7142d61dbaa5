"""`lstm-gpu forecast train` side by side with PyTorch on this machine's cores, in alternating runs on the same windows.

    python3 tests/peers/speed_forecast.py [--rounds 5] [--steps 1000] [--json FILE]

500 series of 200 steps, windows of 48, forecasts of 12, one LSTM layer of 64 units, 64 windows a step. Both sides do
whole steps: a batch of windows with what is to be predicted at each of their steps, LSTM, output layer, absolute error,
backward, clip by the global norm, Adam. PyTorch gathers its batches from tensors that are in memory, and of one thread
and one a core the faster counts, once as they are and once as packed sequences. Every round measures all, one after the
other, in processes of their own: of ours the median over the second half of what metrics.csv says, of PyTorch's over
its steps. The figures are windows a second, medians over the rounds.
"""

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

SERIES, STEPS, INPUT, HORIZON, HIDDEN, BATCH = 500, 200, 48, 12, 64, 64
# What the network reads of such series: level, change, seasonal change, and the year as sine and cosine.
FEATURES = 5
GOAL = 1.25


def write_table(path):
    random.seed(1)
    with open(path, "w") as file:
        file.write("unique_id,ds,y\n")
        for series in range(SERIES):
            level, slope, swing = random.uniform(50, 200), random.uniform(-0.1, 0.3), random.uniform(5, 20)
            for step in range(STEPS):
                value = level + slope * step + swing * math.sin(step * math.pi / 6) + random.gauss(0, 3)
                file.write(f"s{series},{2000 + step // 12}-{1 + step % 12:02},{value:.3f}\n")


def pytorch_round(steps, threads, packed):
    """Windows a second; runs in a process of its own."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    torch.set_num_threads(threads)
    trained = STEPS - STEPS // 5
    features = torch.randn(SERIES, trained, FEATURES)
    targets = torch.randn(SERIES, trained + HORIZON, HORIZON)
    rnn = torch.nn.LSTM(FEATURES, HIDDEN)
    output = torch.nn.Linear(HIDDEN, HORIZON)
    parameters = [*rnn.parameters(), *output.parameters()]
    optimizer = torch.optim.Adam(parameters, 3e-3)
    places = torch.arange(INPUT)
    lengths = torch.full((BATCH,), INPUT)

    def train():
        series = torch.randint(0, SERIES, (BATCH, 1))
        starts = torch.randint(0, trained - INPUT, (BATCH, 1)) + places
        x = features[series, starts].transpose(0, 1)
        y = targets[series, starts].transpose(0, 1)
        if packed:
            y_hat = pad_packed_sequence(rnn(pack_padded_sequence(x, lengths))[0])[0]
        else:
            y_hat = rnn(x)[0]
        loss = (output(y_hat) - y).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

    for _ in range(20):
        train()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        train()
        times.append(time.perf_counter() - start)
    print(BATCH / statistics.median(times))


def pytorch(steps, packed):
    rates = []
    for threads in sorted({1, os.cpu_count()}):
        command = [sys.executable, __file__, "--steps", str(steps // 4), "--pytorch", str(threads), str(int(packed))]
        rates.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    return max(rates)


def ours(table, folder, steps):
    import lstm_gpu

    lstm_gpu.run(
        "forecast", "train", table, "-o", os.path.join(folder, "model"), "--overwrite", "--input-size", INPUT,
        "--horizon", HORIZON, "--hidden-size", HIDDEN, "--batch-size", BATCH, "--max-steps", steps,
        "--eval-every", steps,
        "--save-every", steps, "--device", "cpu", "--progress", "none",
    )
    with open(os.path.join(folder, "model", "metrics.csv")) as file:
        columns, *rows = [line.rstrip("\n").split(",") for line in file]
    rates = [float(row[columns.index("tokens_per_second")]) for row in rows[len(rows) // 2 :]]
    return statistics.median(rates) / INPUT


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--json", help="also write every round to this file")
    parser.add_argument("--pytorch", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.pytorch:
        pytorch_round(arguments.steps, arguments.pytorch[0], bool(arguments.pytorch[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "series.csv")
        write_table(table)
        rounds = [
            (ours(table, folder, arguments.steps), pytorch(arguments.steps, False), pytorch(arguments.steps, True))
            for _ in range(arguments.rounds)
        ]
    mine, *theirs = (statistics.median(column) for column in zip(*rounds))
    print(f"windows a second, medians of {arguments.rounds} rounds: lstm-gpu {mine:,.0f}")
    for name, column, rate in zip(("PyTorch", "PyTorch, packed"), (1, 2), theirs):
        ratios = sorted(row[0] / row[column] for row in rounds)
        print(f"{name} {rate:,.0f}; ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(f"goal: {GOAL} times PyTorch with packed sequences")
    if arguments.json:
        import torch

        with open(arguments.json, "w") as file:
            json.dump({"pytorch": torch.__version__, "threads": os.cpu_count(), "rounds": rounds}, file, indent=1)


if __name__ == "__main__":
    main()
