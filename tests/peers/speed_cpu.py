"""Training and one-stream generation side by side with PyTorch on this machine's cores, in alternating runs.

    python3 tests/peers/speed_cpu.py [--rounds 5] [--seconds 4] [--bf16] [--json FILE]

With --bf16 it is training alone, and both sides in bfloat16 beside float32: ours against the faster of PyTorch's
float32 and its autocast.

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

VOCABULARY = 96
# What, layers x hidden size x sequences x steps, embedding size. PyTorch's work grows with the embedding, ours hardly does.
ROWS = [
    ("train-step", "2x128x50x50", 128),
    ("train-step", "2x256x64x64", 128),
    ("train-step", "2x256x64x64", 256),
    ("train-step", "2x512x64x128", 128),
    ("train-step", "2x512x64x128", 512),
    ("generate", "2x512x1x1", 128),
]
GOALS = {"train-step": 1.25, "generate": 3.0}
BFLOAT16_GOALS = {"fp32": 1.6, "PyTorch": 2.0}
PRECISIONS = ("fp32", "bf16")


def pytorch_round(shape, width, seconds, precision):
    """Median tokens/s of one shape; runs in a process of its own."""
    import torch

    layers, hidden, sequences, steps = map(int, shape.split("x"))
    embedding = torch.nn.Embedding(VOCABULARY, width)
    rnn = torch.nn.LSTM(width, hidden, layers)
    output = torch.nn.Linear(hidden, VOCABULARY)
    parameters = [p for module in (embedding, rnn, output) for p in module.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3)
    x = torch.randint(0, VOCABULARY, (steps, sequences))
    y = torch.randint(0, VOCABULARY, (steps * sequences,))

    def train(state):
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            h, state = rnn(embedding(x), state)
            logits = output(h).flatten(0, 1)
        loss = torch.nn.functional.cross_entropy(logits.float(), y)
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

    generating = sequences * steps == 1
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
    print(calls * sequences * steps / statistics.median(times))


def pytorch(shape, width, seconds, precision="fp32"):
    command = [
        sys.executable, __file__, "--pytorch", shape, "--embedding-size", str(width), "--seconds", str(seconds),
        "--precision", precision,
    ]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ours(what, shape, width, seconds, precision="fp32"):
    import lstm_gpu

    lines = lstm_gpu.run(
        "bench", "--shapes", shape, "--only", what, "--seconds", seconds, "--device", "cpu", "--json", "-",
        "--vocab-size", VOCABULARY, "--embedding-size", width, "--precision", precision,
    )
    return json.loads(lines.splitlines()[1])["tokens_per_second"]


def compare(what, shape, width, rounds, seconds):
    pairs = [(ours(what, shape, width, seconds), pytorch(shape, width, seconds)) for _ in range(rounds)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs))
    ratios = sorted(a / b for a, b in pairs)
    print(
        f"{what:11}{shape:>14}{width:>5}{mine:11,.0f}{theirs:11,.0f}   {statistics.median(ratios):.2f}"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f}; goal {GOALS[what]})",
        flush=True,
    )
    return {"what": what, "shape": shape, "embedding": width, "rounds": pairs, "ratio": statistics.median(ratios)}


def compare_bfloat16(shape, width, rounds, seconds):
    """All four in every round."""
    columns = []
    for _ in range(rounds):
        mine = [ours("train-step", shape, width, seconds, precision) for precision in PRECISIONS]
        columns.append(mine + [pytorch(shape, width, seconds, precision) for precision in PRECISIONS])
    float32, bfloat16, theirs, autocast = (statistics.median(column) for column in zip(*columns))
    gain = statistics.median(row[1] / row[0] for row in columns)
    ratio = statistics.median(row[1] / max(row[2:]) for row in columns)
    print(
        f"{shape:>14}{width:>5}{float32:11,.0f}{bfloat16:11,.0f}{theirs:11,.0f}{autocast:11,.0f}   "
        f"{gain:.2f} (goal {BFLOAT16_GOALS['fp32']})   {ratio:.2f} (goal {BFLOAT16_GOALS['PyTorch']})",
        flush=True,
    )
    return {"what": "train-step", "shape": shape, "embedding": width, "rounds": columns, "ratio": ratio, "gain": gain}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json", help="also write every round to this file")
    parser.add_argument("--bf16", action="store_true", help="training in bfloat16 beside float32, on both sides")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32", help=argparse.SUPPRESS)
    parser.add_argument("--pytorch", help=argparse.SUPPRESS)
    parser.add_argument("--embedding-size", type=int, default=128, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.pytorch:
        pytorch_round(arguments.pytorch, arguments.embedding_size, arguments.seconds, arguments.precision)
        return
    medians = f"tokens/s, medians of {arguments.rounds} rounds"
    if arguments.bf16:
        columns = ("fp32", "bf16", "PyTorch", "autocast")
        print(f"{'shape':>14}{'E':>5}{''.join(f'{name:>11}' for name in columns)}   bf16/fp32, bf16/PyTorch's best; {medians}")
        shapes = [row[1:] for row in ROWS if row[0] == "train-step" and row[2] == 128]
        rows = [compare_bfloat16(*shape, arguments.rounds, arguments.seconds) for shape in shapes]
    else:
        print(f"{'':11}{'shape':>14}{'E':>5}{'lstm-gpu':>11}{'PyTorch':>11}   ratio; {medians}")
        rows = [compare(*row, arguments.rounds, arguments.seconds) for row in ROWS]
    if arguments.json:
        import torch

        with open(arguments.json, "w") as file:
            json.dump({"pytorch": torch.__version__, "threads": os.cpu_count(), "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
