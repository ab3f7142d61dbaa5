"""Data-parallel training on two cores: two processes of one thread against one process with two threads, and PyTorch beside it.

    python3 tests/peers/speed_mpi.py [--rounds 5] [--seconds 20] [--shapes 2x256x64x64,2x512x64x128] [--json FILE]

A shape is layers x hidden size x sequences x steps. Every round runs, one after the other, `train` in one process with two threads,
`mpirun -n 2 train` with a thread each, and PyTorch's DistributedDataParallel over gloo in two processes of one thread. All do whole steps:
embedding, LSTM, output, cross-entropy, backward, clip by the global norm, Adam. Speeds are those of the last half of a run, by the seconds
and tokens in metrics.csv; the ratio is the median of the rounds' ratios. LSTM_GPU_COMMAND names another program than ./lstm-gpu.
"""

import argparse
import csv
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

HOME = pathlib.Path(__file__).resolve().parents[2]
COMMAND = shlex.split(os.environ.get("LSTM_GPU_COMMAND", str(HOME / "lstm-gpu")))
MPIRUN = ["mpirun", "--allow-run-as-root", "-n", "2"]
VOCABULARY = 96
GOAL = 0.9


def ours(shape, processes, seconds, folder, more):
    """Tokens a second; with N processes each has one thread, alone two."""
    layers, hidden, sequences, steps = shape.split("x")
    place = os.path.join(folder, f"{shape}-{processes}-{time.time()}")
    words = ["train", os.path.join(folder, "text"), "-o", place, "--device", "cpu", "--num-layers", layers,
             "--hidden-size", hidden, "--embedding-size", "128", "--batch-size", sequences, "--seq-length", steps,
             "--dropout", "0", "--optimizer", "adam", "--max-time", f"{seconds}s", "--schedule", "constant",
             "--sample-length", "0", "--val-frac", "0", "--eval-every", "1000000", "--save-every", "1000000",
             "--progress", "none", "--seed", "1", *more]
    command = COMMAND + words + ["--threads", "2"] if processes == 1 else MPIRUN + COMMAND + words + ["--threads", "1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(place, "metrics.csv")) as file:
        rows = [row for row in csv.DictReader(file) if row["seconds"]]
    if len(rows) < 2:
        sys.exit("too few steps for a speed: give more --seconds")
    first, last = rows[min(len(rows) // 2, len(rows) - 2)], rows[-1]
    if float(last["seconds"]) <= float(first["seconds"]):
        sys.exit("too few steps for a speed: give more --seconds")
    return (int(last["tokens"]) - int(first["tokens"])) / (float(last["seconds"]) - float(first["seconds"]))


def pytorch_process(shape, rank, size, seconds, place):
    """A rank of DistributedDataParallel, of half the sequences."""
    import torch

    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=size)
    layers, hidden, sequences, steps = map(int, shape.split("x"))

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = torch.nn.Embedding(VOCABULARY, 128)
            self.rnn = torch.nn.LSTM(128, hidden, layers)
            self.output = torch.nn.Linear(hidden, VOCABULARY)

        def forward(self, x, state):
            h, state = self.rnn(self.embedding(x), state)
            return self.output(h).flatten(0, 1), state

    model = torch.nn.parallel.DistributedDataParallel(Model())
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    x = torch.randint(0, VOCABULARY, (steps, sequences // size))
    y = torch.randint(0, VOCABULARY, (steps * (sequences // size),))
    state, times, begun = None, [], time.perf_counter()
    while True:
        start = time.perf_counter()
        logits, state = model(x, state)
        state = tuple(s.detach() for s in state)
        loss = torch.nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        times.append(time.perf_counter() - start)
        over = torch.tensor([float(time.perf_counter() - begun > seconds)])
        torch.distributed.all_reduce(over)
        if over.item() > 0:
            break
    if rank == 0:
        print(sequences * steps / statistics.median(times[len(times) // 2:]))


def pytorch(shape, seconds, folder):
    place = os.path.join(folder, f"gloo-{time.time()}")
    ranks = [subprocess.Popen([sys.executable, __file__, "--process", shape, str(rank), "2", str(seconds), place],
                              env=dict(os.environ, OMP_NUM_THREADS="1"), stdout=subprocess.PIPE, text=True) for rank in range(2)]
    outputs = [one.communicate()[0] for one in ranks]
    if any(one.returncode for one in ranks):
        sys.exit("PyTorch's processes have failed")
    return float(outputs[0])


def measure(shape, options, folder):
    names = ["one process, two threads", "two processes"] + (["PyTorch DDP, gloo"] if options.pytorch else [])
    speeds = {name: [] for name in names}
    for turn in range(options.rounds):
        for name in names if turn % 2 == 0 else reversed(names):
            if name.startswith("PyTorch"):
                speed = pytorch(shape, options.seconds, folder)
            else:
                speed = ours(shape, 1 if name.startswith("one") else 2, options.seconds, folder, options.more)
            speeds[name].append(speed)
    one, two = (speeds[name] for name in names[:2])
    ratios = [b / a for a, b in zip(one, two)]
    print(f"{shape}: " + "; ".join(f"{name} {statistics.median(found):,.0f} tokens/s" for name, found in speeds.items()))
    print(f"{shape}: two processes over one {statistics.median(ratios):.3f} (" + " ".join(f"{r:.3f}" for r in ratios) + f"), goal {GOAL}",
          flush=True)
    return {"shape": shape, "speeds": speeds, "ratio": statistics.median(ratios)}


def main():
    if sys.argv[1:2] == ["--process"]:
        shape, rank, size, seconds, place = sys.argv[2:]
        return pytorch_process(shape, int(rank), int(size), float(seconds), place)
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--shapes", default="2x256x64x64,2x512x64x128")
    parser.add_argument("--without-pytorch", dest="pytorch", action="store_false")
    parser.add_argument("--json")
    parser.add_argument("more", nargs="*", help="flags of train, behind --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = "".join(chr(32 + (i * i + 7 * i // 11) % VOCABULARY) for i in range(400_000))
        pathlib.Path(folder, "text").write_text(text)
        results = [measure(shape, options, folder) for shape in options.shapes.split(",")]
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1))
    return 0 if all(result["ratio"] >= GOAL for result in results) else 1


sys.exit(main())
