"""Training over large vocabularies on this machine's cores: a softmax over all words, an adaptive one, and PyTorch with
its AdaptiveLogSoftmaxWithLoss, in alternating runs.

    python3 tests/peers/speed_softmax.py [--rounds 3] [--seconds 5] [--words 10000,50000,250000]

2 LSTM layers of 200 units, embedding 200, 20 sequences of 35 steps, SGD with clipping. Word r comes with a probability
by 1/(r+1); the clusters begin with the words V/20 and V/5. Whole steps on both sides: embedding, LSTM, output, loss,
backward, clip by the global norm, SGD. The figures are medians over the rounds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

UNITS, LAYERS, SEQUENCES, STEPS = 200, 2, 20, 35


def cutoffs(words):
    return [words // 20, words // 5]


def pytorch_round(words, seconds):
    """Median tokens/s; runs in a process of its own."""
    import torch

    embedding = torch.nn.Embedding(words, UNITS)
    rnn = torch.nn.LSTM(UNITS, UNITS, LAYERS)
    output = torch.nn.AdaptiveLogSoftmaxWithLoss(UNITS, words, cutoffs(words), head_bias=True)
    parameters = [p for module in (embedding, rnn, output) for p in module.parameters()]
    optimizer = torch.optim.SGD(parameters, 1.0)
    text = torch.multinomial(1 / torch.arange(1.0, words + 1), SEQUENCES * STEPS * 20, replacement=True)
    batches = text.view(20, STEPS, SEQUENCES)
    state, times, until, step = None, [], None, 0
    while until is None or time.perf_counter() < until or len(times) < 5:
        start = time.perf_counter()
        x, y = batches[step % 20], batches[(step + 1) % 20].flatten()
        h, state = rnn(embedding(x), state)
        loss = output(h.flatten(0, 1), y).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        state = tuple(s.detach() for s in state)
        times.append(time.perf_counter() - start)
        step += 1
        if until is None and step == 3:
            times, until = [], time.perf_counter() + seconds
    print(SEQUENCES * STEPS / statistics.median(times))


def pytorch(words, seconds):
    command = [sys.executable, __file__, "--pytorch", str(words), "--seconds", str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ours(words, seconds, adaptive):
    import lstm_gpu

    more = [",".join(map(str, cutoffs(words)))] if adaptive else []
    return float(lstm_gpu.run_test_class("lstmgpu.train.SoftmaxSpeed", words, seconds, os.cpu_count(), *more))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--words", default="10000,50000,250000")
    parser.add_argument("--pytorch", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.pytorch:
        pytorch_round(arguments.pytorch, arguments.seconds)
        return
    print(f"{'words':>8}{'full':>10}{'adaptive':>10}{'PyTorch':>10}   adaptive/full, adaptive/PyTorch; tokens/s")
    for words in map(int, arguments.words.split(",")):
        rounds = [
            (ours(words, arguments.seconds, False), ours(words, arguments.seconds, True), pytorch(words, arguments.seconds))
            for _ in range(arguments.rounds)
        ]
        full, adaptive, theirs = (statistics.median(column) for column in zip(*rounds))
        gain = statistics.median(row[1] / row[0] for row in rounds)
        ratio = statistics.median(row[1] / row[2] for row in rounds)
        print(f"{words:>8}{full:10,.0f}{adaptive:10,.0f}{theirs:10,.0f}   {gain:.2f}, {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
