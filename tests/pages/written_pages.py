"""Every page and chart that lstm-gpu writes, of small models, for test_pages.py to look at."""

import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = 'if (a < b && c > d) { say("<script>alert(1)</script>", \'&amp;\'); } // [brackets]\n'
TEXT = "".join(f"Line {i} of a text, \"quoted\" and (bracketed), that an extraordinarily small network reads.\n{CODE}" for i in range(200))


def lstm_gpu(*arguments):
    command = [str(ROOT / "lstm-gpu"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LSTM_GPU_DEVICE": "cpu"})
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def make(folder):
    """Pages and charts of two small models of characters and words, as the commands write them."""
    text = folder / "text.txt"
    text.write_text(TEXT)
    page = folder / "page.txt"
    page.write_text(TEXT[:1500] + "x" * 300 + "\n")
    small = ["--preset", "tiny", "--hidden-size", 16, "--max-steps", 12, "--eval-every", 4, "--batch-size", 4, "--progress", "none"]
    for tokenizer in ("char", "word"):
        lstm_gpu("train", text, "-o", folder / tokenizer, "--tokenizer", tokenizer, *small)
    lstm_gpu("score", folder / "char", page, "--html", folder / "surprise.html")
    for tokenizer in ("char", "word"):
        lstm_gpu("inspect", folder / tokenizer, "--file", page, "--units", "3,5", "--html", folder / f"gates-{tokenizer}.html")
    lstm_gpu("inspect", folder / "char", "--file", text, "--gradients", "--html", folder / "gradients.html")
    long = folder / "a-run-whose-name-is-so-long-that-a-legend-has-to-make-room"
    shutil.copytree(folder / "char", long)
    lstm_gpu("compare", folder / "char", long, "--chart", folder / "compare.svg")
    shapes = ["--shapes", "1x8x2x3", "--embedding-size", 4, "--vocab-size", 6, "--seconds", "0.01", "--device", "cpu", "--only", "train-step,generate"]
    lstm_gpu("memory", "--task", "copy", "--lengths", "5,1000", "--max-steps", 1, "--cells", "lstm,rnn_relu", "--chart", folder / "memory.svg")
    lstm_gpu("bench", *shapes, "--chart", folder / "bench.svg")
    page_of_gradients = (folder / "gradients.html").read_text()
    (folder / "gradients.svg").write_text(page_of_gradients[page_of_gradients.index("<svg"):page_of_gradients.index("</svg>") + len("</svg>")])
    make_charts_of_tables(folder)
    make_search(folder, text)
    return page


def make_charts_of_tables(folder):
    small = ["--hidden-size", 8, "--batch-size", 4, "--max-steps", 8, "--progress", "none"]
    topics = folder / "topics.csv"
    topics.write_text("text,label\n" + "".join(f"{word} {i} {word},{label}\n" for i in range(20)
                                               for word, label in (("boat", "sea"), ("soup", "food"), ("tree", "wood"))))
    lstm_gpu("classify", "train", topics, "-o", folder / "topics", *small)
    lstm_gpu("classify", "eval", folder / "topics", topics, "--chart", folder / "confusion.svg")
    sales = folder / "sales.csv"
    sales.write_text("month,sales\n" + "".join(f"{2000 + i // 12}-{i % 12 + 1:02d}-01,{100 + i + i % 5}\n" for i in range(60)))
    lstm_gpu("forecast", "train", sales, "-o", folder / "sales", *small)
    lstm_gpu("forecast", "predict", folder / "sales", "--chart", folder / "forecast.svg")


def make_search(folder, text):
    small = ["--preset", "tiny", "--embedding-size", 8, "--batch-size", 4, "--max-steps", 60]
    drawn = ["--lr", "1e-4..1e-1", "--hidden-size", "8,16", "--dropout", "0..0.5"]
    lstm_gpu("tune", "train", text, "-o", folder / "search", *small, *drawn, "--runs", 4, "--progress", "none")
    lstm_gpu("tune", "train", text, "-o", folder / "rates", *small, "--hidden-size", 16, "--lr-range", "1e-5..1", "--range-steps", 80)
