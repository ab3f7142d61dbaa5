#!/usr/bin/env python3
"""Training on a GPU checked against the CPU and against itself, by what the program writes.

    training.py OUT WORK TEXT [--toy] -- PROGRAM...

From one start, on every plan and in every precision: loss curves, the same bits from two runs and from a run in two pieces, the CPU's tokens from
greedy generation, memory that stays as it is, and a batch that does not fit beside the one that is offered instead. Losses and checks go to
OUT/training.json; the exit code is 1 if a check fails.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

CURVE = 1e-3  # nats between losses in float32, over the steps that the CPU does too
PRECISION = 0.02  # nats between held-out losses at the end, bfloat16 or TF32 against float32
FLAT = 2  # MiB that the memory in use may move while a run trains
LONGEST = 150  # seconds of one run of the program; one that hangs must not cost the others their time
OUT_OF_MEMORY = 5  # the program's exit code


class Memory(threading.Thread):
    """The GPU's memory in use, MiB, as often as nvidia-smi says it, between a run's first row of metrics.csv and its last."""

    def __init__(self, metrics, last):
        super().__init__(daemon=True)
        self.metrics = metrics
        self.last = last
        self.used = []
        self.ended = threading.Event()
        self.before = self.row()

    def row(self):
        """The last row's step, 0 without one."""
        try:
            return int(self.metrics.read_text().splitlines()[-1].partition(",")[0])
        except (OSError, IndexError, ValueError):
            return 0

    def run(self):
        query = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
        while not self.ended.is_set():
            try:
                begun = self.before < self.row()
                used = int(subprocess.run(query, capture_output=True, text=True).stdout.split()[0])
            except (OSError, IndexError, ValueError):
                return
            if begun and self.row() < self.last:
                self.used.append(used)
            self.ended.wait(0.1)

    def moved(self):
        """Once kernels are loaded and algorithms tried, and before everything is given back; nothing for a run too short to tell."""
        self.ended.set()
        self.join()
        steady = self.used[len(self.used) // 4 :]
        return max(steady) - min(steady) if len(steady) > 8 else None


class Proof:
    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(options.work)
        self.checks = []
        self.losses = {}

    def check(self, name, holds, value, limit=None):
        self.checks.append({"name": name, "holds": bool(holds), "value": value, "limit": limit})
        print(f"{'ok' if holds else 'FAILED'}  {name}: {value}" + (f" (at most {limit})" if limit is not None else ""), flush=True)
        self.save()

    def save(self):
        """After every check, for a run that is stopped keeps what it found."""
        fresh = pathlib.Path(self.options.out) / "training.json.new"
        fresh.write_text(json.dumps({"checks": self.checks, "losses": self.losses}, indent=1))
        fresh.replace(fresh.with_suffix(""))

    def attempt(self, stage, *arguments):
        """A stage that breaks off is a check that fails, and keeps no other from running."""
        try:
            return stage(*arguments)
        except Exception as failure:
            self.check(stage.__name__ + " runs to its end", False, repr(failure))
            return None

    def program(self, *arguments, **environment):
        command = [*self.options.program, *map(str, arguments)]
        print("$ lstm-gpu", *arguments, flush=True)
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=LONGEST)

    def train(self, name, device, steps, *flags):
        """Trains a model of that name and returns its rows of metrics.csv."""
        sizes = self.options.sizes
        memory = Memory(self.work / name / "metrics.csv", steps)
        memory.start()
        done = self.program(
            "train", self.options.text, "-o", self.work / name, "--device", device, "--max-steps", steps, "--seed", 1, "--schedule", "constant",
            "--val-frac", 0.05, "--sample-length", 0, "--save-every", steps, "--progress", "none", *sizes, *flags,
        )
        moved = memory.moved()
        if done.returncode:
            self.check(f"{name} trains", False, done.stderr.strip())
            return []
        if "fused kernels compute the recurrent stack" in done.stderr and not self.options.toy:
            self.check(f"{name} runs as asked for", False, done.stderr.strip())
        if moved is not None:
            self.check(f"{name} keeps its memory, MiB", moved <= FLAT, moved, FLAT)
        with open(self.work / name / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.losses[name] = {row["step"]: [float(row["train_loss"]), float(row["validation_loss"])] for row in rows}
        print(f"    held-out loss {rows[-1]['validation_loss']} after {rows[-1]['step']} steps, {rows[-1]['tokens_per_second']} tokens/s", flush=True)
        return rows

    def curves(self):
        """Every plan from one start: float32 beside the CPU's, the others beside float32 at their end."""
        few, many = (10, 20) if self.options.toy else (200, 2000)
        start = self.train("cpu-fp32", "cpu", few, "--precision", "fp32")
        others = ["cudnn-tf32", "fused-tf32", "cudnn-bf16"] * (not self.options.toy)
        for plan in ["cudnn-fp32", "sequence-bf16", "fused-fp32", "fused-bf16", *others]:
            rnn, precision = plan.split("-")
            rows = self.train(plan, "cuda", many, "--rnn", rnn, "--precision", precision)
            if not rows or not start:
                continue
            if precision == "fp32":
                apart = [abs(float(a[loss]) - float(b[loss])) for a, b in zip(start, rows) for loss in ("train_loss", "validation_loss")]
                self.check(f"{plan} has the CPU's losses over {few} steps, nats", max(apart) <= CURVE, max(apart), CURVE)
            else:
                apart = abs(float(rows[-1]["validation_loss"]) - self.last("cudnn-fp32"))
                self.check(f"{plan} ends where float32 does, nats", apart <= PRECISION, apart, PRECISION)
        return many

    def last(self, name):
        return list(self.losses.get(name, {"": [0, float("nan")]}).values())[-1][1]

    def weights(self, name):
        file = self.work / name / "model.safetensors"
        return file.read_bytes() if file.exists() else name.encode()

    def repeats(self, many):
        """Two runs, and a run in two pieces."""
        for plan in ["cudnn-fp32"] + ["sequence-bf16", "fused-fp32", "cudnn-bf16", "fused-bf16"] * (not self.options.toy):
            flags = ["--rnn", plan.split("-")[0], "--precision", plan.split("-")[1]]
            self.train(f"{plan}-pieces", "cuda", many // 2, *flags)
            self.train(f"{plan}-pieces", "cuda", many, *flags, "--resume")
            self.check(f"{plan} in two pieces gives the same bits", self.weights(plan) == self.weights(f"{plan}-pieces"), "compared")
            self.train(f"{plan}-again", "cuda", many, *flags)
            self.check(f"{plan} again gives the same bits", self.weights(plan) == self.weights(f"{plan}-again"), "compared")

    def written(self, model, *flags):
        done = self.program("generate", self.work / model, *flags)
        return done.stdout if done.returncode == 0 and not done.stderr else f"{flags}: {done.stderr}"

    def generation(self):
        """Greedy tokens of the same model on both devices, and drawn ones by recorded steps and by one launch."""
        length = 20 if self.options.toy else 1000
        for plan, rnn in [("cudnn-fp32", "auto"), ("fused-fp32", "sequence")]:
            greedy = ["--temperature", 0, "-n", length]
            texts = self.written(plan, "--device", "cpu", *greedy), self.written(plan, "--device", "cuda", "--rnn", rnn, *greedy)
            same = texts[0] == texts[1]
            self.check(f"{plan}, written with --rnn {rnn}, has the CPU's {length} greedy tokens", same, "compared" if same else texts)
        drawn = ["--device", "cuda", "--temperature", 0.8, "--seed", 5, "-n", length, "--rnn"]
        texts = self.written("fused-fp32", *drawn, "fused"), self.written("fused-fp32", *drawn, "sequence")
        self.check("one launch draws what recorded steps draw", texts[0] == texts[1], "compared" if texts[0] == texts[1] else texts)

    def shortage(self):
        """A batch beyond the GPU's memory, and the one that the refusal offers."""
        batch, small = (500, {"CUDASIM_MEMORY": "24000000"}) if self.options.toy else (1900, {})
        flags = ["--rnn", "fused", "--precision", "bf16", "--max-steps", 1, "--val-frac", 0, "--sample-length", 0, "--progress", "none", "--overwrite"]
        large = ["--hidden-size", 8192, "--num-layers", 1, "--seq-length", 512]
        sizes = ["--hidden-size", 64, "--num-layers", 1, "--seq-length", 10] if self.options.toy else large

        def attempt(batch):
            return self.program("train", self.options.text, "-o", self.work / "large", "--device", "cuda", "--batch-size", batch, *sizes, *flags, **small)

        refused = attempt(batch)
        offer = re.search(r"--batch-size (\d+) would fit", refused.stderr)
        self.check("a batch that does not fit is refused", refused.returncode == OUT_OF_MEMORY and offer, refused.stderr.strip() or refused.returncode)
        if offer:
            fitting = attempt(offer.group(1))
            self.check(f"--batch-size {offer.group(1)} fits", fitting.returncode == 0, fitting.stderr.strip() or "it trains")


def main():
    before, _, program = " ".join(sys.argv[1:]).partition(" -- ")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("work")
    parser.add_argument("text")
    parser.add_argument("--toy", action="store_true", help="small enough for the stand-in")
    options = parser.parse_args(before.split())
    options.program = program.split()
    tiny = ["--preset", "tiny", "--hidden-size", 64, "--batch-size", 2, "--seq-length", 8, "--eval-every", 5]
    options.sizes = tiny if options.toy else ["--preset", "small", "--batch-size", 32, "--seq-length", 64, "--eval-every", 20]
    proof = Proof(options)
    many = proof.attempt(proof.curves)
    proof.attempt(proof.generation)
    proof.attempt(proof.shortage)
    if many:
        proof.attempt(proof.repeats, many)
    sys.exit(0 if all(check["holds"] for check in proof.checks) else 1)


if __name__ == "__main__":
    main()
