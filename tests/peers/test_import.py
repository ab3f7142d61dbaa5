"""PyTorch's language models in three usual layouts, saved as safetensors: once imported, `lstm-gpu score` gives every token the probability that
PyTorch gives it."""

import json
import pathlib
import tempfile

import torch
from safetensors.torch import save_file

import lstm_gpu

TOLERANCE = 1e-5  # nats
WORDS = ["cat", "the", "<eos>", "sat", "<unk>", "on", "a", "mat"]
CHARACTERS = ["t", " ", "c", "a", "<unk>", "h", "e", "\n", "s"]


class WordLanguageModel(torch.nn.Module):
    """encoder, rnn, decoder, tied: PyTorch's example."""

    def __init__(self, cell, vocabulary):
        super().__init__()
        self.encoder = torch.nn.Embedding(len(vocabulary), 12)
        self.rnn = lstm_gpu.CELLS[cell](12, 12, 2)
        self.decoder = torch.nn.Linear(12, len(vocabulary))
        self.decoder.weight = self.encoder.weight

    def forward(self, tokens):
        return self.decoder(self.rnn(self.encoder(tokens))[0])


class CharacterModel(torch.nn.Module):
    """embedding, a recurrent network within an encoder, without biases, fc."""

    def __init__(self, cell, vocabulary):
        super().__init__()
        self.embed = torch.nn.Embedding(len(vocabulary), 7)
        self.encoder = torch.nn.ModuleDict({"rnn": lstm_gpu.CELLS[cell](7, 10, 3, bias=False)})
        self.fc = torch.nn.Linear(10, len(vocabulary))

    def forward(self, tokens):
        return self.fc(self.encoder["rnn"](self.embed(tokens))[0])


class OneHotModel(torch.nn.Module):
    """A one for each character in place of an embedding, lstm, linear."""

    def __init__(self, cell, vocabulary):
        super().__init__()
        self.size = len(vocabulary)
        self.lstm = lstm_gpu.CELLS[cell](self.size, 10, 1)
        self.linear = torch.nn.Linear(10, self.size)

    def forward(self, tokens):
        return self.linear(self.lstm(torch.nn.functional.one_hot(tokens, self.size).float())[0])


def vocabulary_file(folder, vocabulary, form):
    path = pathlib.Path(folder) / f"vocabulary.{form}"
    if form == "json":
        path.write_text(json.dumps({token: identifier for identifier, token in enumerate(vocabulary)}))
    else:
        path.write_text("".join(token.replace("\n", "\\n").replace(" ", "\\s") + "\n" for token in vocabulary))
    return path


def check(kind, cell, vocabulary, text, split, form, folder):
    torch.manual_seed(1)
    model = kind(cell, vocabulary)
    weights = {name: tensor.clone().contiguous() for name, tensor in model.state_dict().items()}
    file, directory, text_file = f"{folder}/weights.safetensors", f"{folder}/{kind.__name__}", pathlib.Path(folder) / "text.txt"
    save_file(weights, file)
    text_file.write_text(text)
    flags = ["--cell", cell] if cell.startswith("rnn") else []
    lstm_gpu.run("import", file, "-o", directory, "--vocab", vocabulary_file(folder, vocabulary, form), *flags)
    scores = [json.loads(line) for line in lstm_gpu.run("score", directory, text_file, "--json").splitlines()]
    places = {token: identifier for identifier, token in enumerate(vocabulary)}
    tokens = torch.tensor([places.get(token, places["<unk>"]) for token in split(text)])
    with torch.no_grad():
        expected = torch.log_softmax(model(tokens[:-1, None])[:, 0].double(), -1).gather(1, tokens[1:, None])[:, 0]
    actual = torch.tensor([score["logprob"] for score in scores], dtype=torch.float64)
    assert len(actual) == len(expected), f"{len(actual)} tokens instead of {len(expected)}"
    worst = (actual - expected).abs().max().item()
    assert worst < TOLERANCE, f"{kind.__name__} of {cell}: log-probabilities differ by up to {worst}"
    return worst


def words(text):
    return [word for line in text.splitlines() for word in [*line.split(), "<eos>"]]


if __name__ == "__main__":
    cells = list(lstm_gpu.CELLS)
    word_text, character_text = "the cat sat on a mat\nthe dog sat\n", "the cats sat at the cheese\nzat\n"
    with tempfile.TemporaryDirectory() as folder:
        for kind, cell, vocabulary, text, split, form in (
            (WordLanguageModel, cells[1], WORDS, word_text, words, "txt"),
            (CharacterModel, cells[0], CHARACTERS, character_text, list, "json"),
            (OneHotModel, cells[3], CHARACTERS, character_text, list, "txt"),
        ):
            worst = check(kind, cell, vocabulary, text, split, form, folder)
            print(f"{kind.__name__:17} of {cell:8} log-probabilities agree within {worst:.1e} nats")
