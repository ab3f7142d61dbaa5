"""Training and one-stream generation side by side with Deeplearning4j on this machine's cores, in alternating runs.

    python3 tests/peers/speed_dl4j.py [--rounds 3] [--seconds 4] [--shapes 2x128x50x50,2x512x1x1] [--json FILE]

A shape is layers x hidden size x sequences x steps; one sequence of one step is generation. Both sides do whole steps in float32:
LSTM, output, cross-entropy, backward, clip, Adam. Ours has an embedding of 128 below; Deeplearning4j gets one-hot input, which its
EmbeddingSequenceLayer did not beat on the whole, and clips each layer's gradient by itself. Every round measures both, one after the other,
in processes of their own; the figures are medians over the rounds.

Maven builds the other side in target/dl4j and fetches 150 MB the first time, 400 MB unpacked; it is for Linux on x86-64. It runs on the Java of
JAVA_HOME, otherwise on the one on the path: 17 and 25 work. Its threads sleep when they wait, for where others use the cores too,
spinning takes most of its speed; OMP_WAIT_POLICY=active has them spin. LSTM_GPU_COMMAND names another program than ./lstm-gpu.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parents[2]
COMMAND = shlex.split(os.environ.get("LSTM_GPU_COMMAND", str(HOME / "lstm-gpu")))
PROJECT = pathlib.Path(__file__).resolve().parent / "dl4j"
BUILT = HOME / "target" / "dl4j"
VOCABULARY = 96
EMBEDDING = 128
SHAPES = "2x128x50x50,2x256x64x64,2x512x64x128,2x512x1x1"
CORES = os.cpu_count()
# What the native parts were compiled for, the fastest first.
EXTENSIONS = {"-avx512": {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}, "-avx2": {"avx2", "fma"}, "": set()}


def output_of(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def java():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else shutil.which("java") or sys.exit("no java: set JAVA_HOME")


def extension():
    """The best native part that this processor can run."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    flags = set(next((line for line in lines if line.startswith("flags")), "").split())
    return next(name for name, needed in EXTENSIONS.items() if needed <= flags)


def build():
    output_of(["mvn", "-q", "-B", "-f", PROJECT / "pom.xml", f"-Dnd4j.extension={extension()}", "compile"])


def dl4j(what, shape, seconds):
    class_path = f"{BUILT / 'classes'}:{(BUILT / 'class-path').read_text().strip()}"
    command = [java(), f"-Dorg.bytedeco.javacpp.cachedir={BUILT / 'javacpp'}", "-cp", class_path, "Dl4jSpeed"]
    environment = {"OMP_WAIT_POLICY": "passive", **os.environ, "OMP_NUM_THREADS": str(CORES)}
    return float(output_of([*command, what, shape, str(seconds), str(CORES)], env=environment))


def ours(what, shape, seconds):
    lines = output_of([
        *COMMAND, "bench", "--shapes", shape, "--only", {"train": "train-step"}.get(what, what), "--seconds", str(seconds),
        "--device", "cpu", "--json", "-", "--vocab-size", str(VOCABULARY), "--embedding-size", str(EMBEDDING),
    ])
    return json.loads(lines.splitlines()[1])["tokens_per_second"]


def compare(shape, rounds, seconds):
    _, _, sequences, steps = map(int, shape.split("x"))
    what = "generate" if sequences * steps == 1 else "train"
    pairs = [(ours(what, shape, seconds), dl4j(what, shape, seconds)) for _ in range(rounds)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs))
    ratios = sorted(a / b for a, b in pairs)
    print(
        f"{what:9}{shape:>14}{mine:11,.0f}{theirs:11,.0f}   {statistics.median(ratios):.2f}"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )
    return {"what": what, "shape": shape, "rounds": pairs, "ratio": statistics.median(ratios)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--shapes", default=SHAPES, help=f"by default {SHAPES}")
    parser.add_argument("--json", help="also write every round to this file")
    arguments = parser.parse_args()
    build()
    print(f"{'':9}{'shape':>14}{'lstm-gpu':>11}{'DL4J':>11}   ratio; tokens/s, medians of {arguments.rounds} rounds")
    rows = [compare(shape, arguments.rounds, arguments.seconds) for shape in arguments.shapes.split(",")]
    if arguments.json:
        version = subprocess.run([java(), "-version"], capture_output=True, text=True).stderr.splitlines()[0]
        with open(arguments.json, "w") as file:
            json.dump({"dl4j": "1.0.0-M2.1", "java": version, "threads": CORES, "rows": rows}, file, indent=1)


if __name__ == "__main__":
    main()
