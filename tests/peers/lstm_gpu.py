"""What the checks in this folder share: running lstm-gpu, reading its files, and the same model in PyTorch."""

import functools
import json
import os
import pathlib
import subprocess

import torch

import own_cells

ROOT = pathlib.Path(__file__).resolve().parents[2]
CELLS = {
    "lstm": torch.nn.LSTM,
    "gru": torch.nn.GRU,
    "rnn_tanh": functools.partial(torch.nn.RNN, nonlinearity="tanh"),
    "rnn_relu": functools.partial(torch.nn.RNN, nonlinearity="relu"),
    **own_cells.CELLS,
}


def run(*arguments):
    """Runs a command of lstm-gpu and returns what it printed."""
    command = [str(ROOT / "lstm-gpu"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def run_test_class(name, *arguments):
    """What the main method of a class of tests/java prints, as Maven has built it; the launcher knows how to find a JDK."""
    script = r"""
        say() { printf '%s\n' "$*" >&2; }
        eval "$(sed -n '/^jdk_is_fit()/,/^}/p; /^find_jdk()/,/^}/p' lstm-gpu)"
        find_jdk
        exec "$java_home/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
            -cp "target/classes:target/test-classes:$(cat target/test-class-path)" "$@"
    """
    command = ["bash", "-c", script, "bash", name, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{name} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def read_safetensors(path):
    """Tensors by name: with the format's own library where it is installed, otherwise by the format's description."""
    try:
        from safetensors.torch import load_file

        return load_file(path)
    except ImportError:
        data = pathlib.Path(path).read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        header.pop("__metadata__", None)
        body = bytearray(data[8 + length :])
        return {
            name: torch.frombuffer(body[slice(*entry["data_offsets"])], dtype=torch.float32).view(entry["shape"]).clone()
            for name, entry in header.items()
        }


def projected(config):
    """The projection of a config.json as an argument of PyTorch's LSTM; nothing without one."""
    return {key: config[key] for key in ("proj_size",) if key in config}


class Model(torch.nn.Module):
    """Embedding, recurrent stack, output, under the names that model.safetensors has."""

    def __init__(self, config):
        super().__init__()
        self.embedding = torch.nn.Embedding(config["vocab_size"], config["embedding_size"])
        projection = projected(config)
        self.rnn = CELLS[config["cell"]](
            config["embedding_size"], config["hidden_size"], config["num_layers"], **projection
        )
        self.output = torch.nn.Linear(projection.get("proj_size", config["hidden_size"]), config["vocab_size"])

    def forward(self, tokens, state=None):
        """tokens [T,B] -> logits [T,B,V] and the final state."""
        y, state = self.rnn(self.embedding(tokens), state)
        return self.output(y), state


def load(directory):
    """The model in a directory, in float32; every tensor must be there under its name."""
    directory = pathlib.Path(directory)
    model = Model(json.loads((directory / "config.json").read_text()))
    tensors = read_safetensors(directory / "model.safetensors")
    if "output.weight" not in tensors:
        tensors["output.weight"] = tensors["embedding.weight"]
        model.output.weight = model.embedding.weight
    model.load_state_dict(tensors, strict=True)
    return model


def detach(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def relative(actual, expected):
    return ((actual - expected).double().norm() / expected.double().norm()).item()


def text_file(folder, size=6000):
    """A text to train on: this project's own documentation and sources."""
    sources = sorted((ROOT / "java").rglob("*.java"))
    text = "".join(path.read_text() for path in sources)[:size]
    path = pathlib.Path(folder) / "text.txt"
    path.write_bytes(text.encode("ascii", "replace"))
    return path


os.environ.setdefault("LSTM_GPU_DEVICE", "cpu")
