"""Training and one-stream generation side by side with PyTorch on this machine's cores, in alternating runs.

    python3 tests/peers/speed_cpu.py [--rounds 5] [--seconds 4] [--json FILE]

Both sides do whole steps: embedding, LSTM, output, cross-entropy, backward, clip by the global norm, Adam. Every round
measures both, one after the other, in processes of their own; the figures are medians over the rounds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

SHAPES = ["2x128x50x50", "2x256x64x64", "2x512x64x128"]
GENERATE = "2x512x1x1"
VOCABULARY, EMBEDDING = 96, 128
GOALS = {"train-step": 1.25, "generate": 3.0}


def pytorch_round(shape, seconds):
    """Median tokens/s of one shape; runs in a process of its own."""
    import torch

    layers, hidden, lanes, steps = map(int, shape.split("x"))
    embedding = torch.nn.Embedding(VOCABULARY, EMBEDDING)
    rnn = torch.nn.LSTM(EMBEDDING, hidden, layers)
    output = torch.nn.Linear(hidden, VOCABULARY)
    parameters = [p for module in (embedding, rnn, output) for p in module.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3)
    x = torch.randint(0, VOCABULARY, (steps, lanes))
    y = torch.randint(0, VOCABULARY, (steps * lanes,))

    def train(state):
        h, state = rnn(embedding(x), state)
        loss = torch.nn.functional.cross_entropy(output(h).flatten(0, 1), y)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return tuple(s.detach() for s in state)

    def draw(carried):
        token, state = carried
        with torch.inference_mode():
            h, state = rnn(embedding(token), state)
            token = torch.multinomial(torch.softmax(output(h[0]) / 0.8, -1), 1)
        return token, state

    generating = lanes * steps == 1
    calls = 64 if generating else 1
    work, state = (draw, (torch.zeros(1, 1, dtype=torch.long), None)) if generating else (train, None)
    times, until = [], None
    while until is None or time.perf_counter() < until or len(times) < 5:
        start = time.perf_counter()
        for _ in range(calls):
            state = work(state)
        times.append(time.perf_counter() - start)
        if until is None and len(times) == 3:  # Three calls to warm up, as many seconds as asked for to measure.
            times, until = [], time.perf_counter() + seconds
    print(calls * lanes * steps / statistics.median(times))


def pytorch(shape, seconds):
    command = [sys.executable, __file__, "--pytorch", shape, "--seconds", str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ours(shape, seconds):
    import lstm_gpu

    what = "generate" if shape == GENERATE else "train-step"
    lines = lstm_gpu.run(
        "bench", "--shapes", shape, "--only", what, "--seconds", seconds, "--device", "cpu", "--json", "-",
        "--vocab-size", VOCABULARY, "--embedding-size", EMBEDDING,
    )
    rows = [json.loads(line) for line in lines.splitlines()[1:]]
    return rows[0]["tokens_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json")
    parser.add_argument("--pytorch", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.pytorch:
        return pytorch_round(arguments.pytorch, arguments.seconds)
    rows = []
    print(f"{'':13}{'shape':>15}{'lstm-gpu':>12}{'PyTorch':>12}   tokens/s, medians of {arguments.rounds} rounds")
    for shape in [*SHAPES, GENERATE]:
        what = "generate" if shape == GENERATE else "train-step"
        pairs = [(ours(shape, arguments.seconds), pytorch(shape, arguments.seconds)) for _ in range(arguments.rounds)]
        mine, theirs = (statistics.median(column) for column in zip(*pairs))
        ratios = sorted(a / b for a, b in pairs)
        print(
            f"{what:13}{shape:>15}{mine:12,.0f}{theirs:12,.0f}   ratio {mine / theirs:.2f}"
            f" (rounds {ratios[0]:.2f} to {ratios[-1]:.2f}, goal {GOALS[what]})",
            flush=True,
        )
        rows.append({"what": what, "shape": shape, "rounds": pairs, "tokens_per_second": mine, "pytorch": theirs})
    if arguments.json:
        import torch

        with open(arguments.json, "w") as file:
            json.dump({"pytorch": torch.__version__, "threads": os.cpu_count(), "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
