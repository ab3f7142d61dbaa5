"""Training to tell the class of texts side by side with PyTorch on this machine's cores, in alternating runs.

    python3 tests/peers/speed_classify.py [--rounds 3] [--seconds 20] [--json FILE]

1,024 texts of 20 to 400 words, uniformly, 64 a step, an embedding of 64, one LSTM layer, the class from the last step.
Both sides put texts of similar lengths together and do whole steps: embedding, LSTM, output, cross-entropy, backward,
clip by the global norm, Adam. Words a second count no padding. PyTorch reads packed sequences and, for comparison,
padded ones, which it computes in another way and faster. lstm-gpu is `classify train`, all that the command does
included but its first third, in which the program warms up; PyTorch is its training loop alone. Both are means over
whole epochs. Every round measures both, one after the other, in processes of their own.
"""

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

TEXTS, SHORTEST, LONGEST, BATCH, EMBEDDING, CLASSES = 1024, 20, 400, 64, 64, 4
ROWS = [(5000, 64), (5000, 128)]  # words, hidden size
GOAL = 1.25


def texts(vocabulary):
    """Lists of words, the same every time."""
    random.seed(1)
    return [random.choices(range(vocabulary), k=random.randint(SHORTEST, LONGEST)) for _ in range(TEXTS)]


def pytorch_round(vocabulary, hidden, packs, seconds):
    """Words/s over whole epochs; runs in a process of its own."""
    import torch
    from torch.nn.utils.rnn import pack_sequence, pad_sequence

    data = [torch.tensor(text) for text in texts(vocabulary)]
    classes = torch.randint(0, CLASSES, (TEXTS,))
    embedding = torch.nn.Embedding(vocabulary, EMBEDDING)
    rnn = torch.nn.LSTM(EMBEDDING, hidden)
    output = torch.nn.Linear(hidden, CLASSES)
    parameters = [p for module in (embedding, rnn, output) for p in module.parameters()]
    optimizer = torch.optim.Adam(parameters, 1e-3)

    def last(batch):
        """h at every text's own end."""
        if packs:
            packed = pack_sequence([data[i] for i in batch])
            return rnn(packed._replace(data=embedding(packed.data)))[1][0][-1]
        h, _ = rnn(embedding(pad_sequence([data[i] for i in batch])))
        return h[[len(data[i]) - 1 for i in batch], range(len(batch))]

    def epoch(most=TEXTS):
        order = sorted(random.sample(range(TEXTS), TEXTS), key=lambda i: -len(data[i]))
        batches = [order[i : i + BATCH] for i in range(0, TEXTS, BATCH)]
        random.shuffle(batches)
        for batch in batches[:most]:
            loss = torch.nn.functional.cross_entropy(output(last(batch)), classes[batch])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()

    epoch(3)
    epochs, start = 0, time.perf_counter()
    while epochs == 0 or time.perf_counter() - start < seconds:
        epoch()
        epochs += 1
    print(epochs * sum(map(len, data)) / (time.perf_counter() - start))


def pytorch(vocabulary, hidden, packs, seconds):
    sizes = [str(number) for number in (vocabulary, hidden, int(packs))]
    command = [sys.executable, __file__, "--pytorch", *sizes, "--seconds", str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ours(vocabulary, hidden, seconds):
    import lstm_gpu

    with tempfile.TemporaryDirectory() as folder:
        file, model = os.path.join(folder, "texts.csv"), os.path.join(folder, "model")
        with open(file, "w") as out:
            print("text,label", file=out)
            for i, text in enumerate(texts(vocabulary)):
                print(" ".join(f"w{word}" for word in text), i % CLASSES, sep=",", file=out)
        lstm_gpu.run(
            "classify", "train", file, "-o", model, "--val-frac", 0, "--pooling", "last", "--batch-size", BATCH,
            "--embedding-size", EMBEDDING, "--hidden-size", hidden, "--dropout", 0, "--min-freq", 1,
            "--eval-every", TEXTS // BATCH, "--max-time", f"{seconds}s", "--device", "cpu", "--progress", "none",
        )
        with open(os.path.join(model, "metrics.csv")) as lines:
            rows = list(csv.DictReader(lines))
    epochs = [(float(row["tokens"]), float(row["seconds"])) for row in rows if float(row["epoch"]).is_integer()]
    if len(epochs) < 3:
        sys.exit(f"only {len(epochs)} whole epochs in {seconds} s; give more --seconds")
    (words, since), (end, until) = epochs[len(epochs) // 3], epochs[-1]
    return (end - words) / (until - since)


def compare(vocabulary, hidden, rounds, seconds):
    trials = [
        (ours(vocabulary, hidden, seconds), *(pytorch(vocabulary, hidden, packs, seconds) for packs in (True, False)))
        for _ in range(rounds)
    ]
    mine, packed, padded = (statistics.median(column) for column in zip(*trials))
    ratios = sorted(a / b for a, b, _ in trials)
    print(
        f"{vocabulary:>10,}{hidden:>5}{mine:11,.0f}{packed:11,.0f}{padded:11,.0f}   {statistics.median(ratios):.2f}"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f}; goal {GOAL})   {mine / padded:.2f}",
        flush=True,
    )
    return {"vocabulary": vocabulary, "hidden": hidden, "rounds": trials, "ratio": statistics.median(ratios)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--json", help="also write every round to this file")
    parser.add_argument("--pytorch", type=int, nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.pytorch:
        pytorch_round(*arguments.pytorch, arguments.seconds)
        return
    print(
        f"{'vocabulary':>10}{'H':>5}{'lstm-gpu':>11}{'packed':>11}{'padded':>11}   ratio to packed; to padded;"
        f" words/s, medians of {arguments.rounds} rounds"
    )
    rows = [compare(*row, arguments.rounds, arguments.seconds) for row in ROWS]
    if arguments.json:
        import torch

        with open(arguments.json, "w") as file:
            json.dump({"pytorch": torch.__version__, "threads": os.cpu_count(), "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
