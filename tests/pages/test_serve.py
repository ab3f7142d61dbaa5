"""A real browser does each job of the page of lstm-gpu serve: writing, watching a training run, forecasts, classes.

Needs chromium, which tests/run installs, and asks axe-core (target/axe/axe.min.js, brought by tests/run) what it finds.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from browser import Browser, program

ROOT = pathlib.Path(__file__).resolve().parents[2]
AXE = ROOT / "target" / "axe" / "axe.min.js"
LEAST_CONTRAST = 4.5  # WCAG 2.2, level AA, text of any size
TEXT = "".join(f"Line {i} of a text, \"quoted\" and (bracketed), that a small network reads.\n" for i in range(300))
MONTHS = [f"{2000 + i // 12}-{i % 12 + 1:02d}-01" for i in range(60)]
SERIES = "month,sales\n" + "".join(f"{month},{100 + i + 20 * (i % 12 == 11)}\n" for i, month in enumerate(MONTHS))
DOCUMENTS = "text,label\n" + "".join(
    f"{a} {b} {a},{label}\n" for _ in range(10)
    for label, words in (("sea", "wave boat tide sail"), ("food", "bread soup salt oven"))
    for a in words.split() for b in words.split())
SMALL = ["--hidden-size", 16, "--batch-size", 4, "--progress", "none", "--threads", 1]
TINY = [*SMALL, "--preset", "tiny"]
SHOWN = "[...document.querySelectorAll('.view')].filter(view => !view.hidden).map(view => view.id).join()"
IDLE = "!document.getElementById('write-start').disabled"
TOKENS = "document.querySelectorAll('.pane [role=option]').length"

# Every text's contrast with what lies behind it, colours that shine through included.
CONTRASTS = """(() => {
  const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, below) => { const a = top[3] ?? 1; return [0, 1, 2].map(i => a * top[i] + (1 - a) * below[i]); };
  const light = colour => colour.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = element => element ? over(parts(getComputedStyle(element).backgroundColor), paper(element.parentElement)) : [255, 255, 255];
  const low = {};
  let count = 0;
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !element.getClientRects().length || element.closest('.unseen, .skip, option') || element.disabled) continue;
    const style = getComputedStyle(element), behind = paper(element);
    const ink = parts(element.closest('svg') ? style.fill : style.color), [a, b] = [light(ink), light(behind)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    count++;
    if (contrast < %s) low[`${element.tagName}.${element.className.baseVal ?? element.className} '${element.textContent.slice(0, 20)}'`] = contrast.toFixed(2);
  }
  return {low, count, paper: light(paper(document.body))};
})()""" % LEAST_CONTRAST


def environment():
    return {**os.environ, "LSTM_GPU_DEVICE": "cpu"}


def command(*arguments):
    return [str(ROOT / "lstm-gpu"), *map(str, arguments)]


def lstm_gpu(*arguments):
    done = subprocess.run(command(*arguments), capture_output=True, text=True, env=environment())
    if done.returncode:
        raise SystemExit(f"{' '.join(command(*arguments))} ended with {done.returncode}:\n{done.stderr}")


def make(folder):
    """A folder of runs of every kind, and the text of the run that will be watched."""
    (folder / "text.txt").write_text(TEXT)
    (folder / "sales.csv").write_text(SERIES)
    (folder / "topics.csv").write_text(DOCUMENTS)
    runs = folder / "runs"
    lstm_gpu("train", folder / "text.txt", "-o", runs / "char", *TINY, "--max-steps", 60, "--eval-every", 20)
    lstm_gpu("classify", "train", folder / "topics.csv", "-o", runs / "topics", *SMALL, "--max-steps", 40)
    lstm_gpu("forecast", "train", folder / "sales.csv", "-o", runs / "sales", *SMALL, "--max-steps", 20)
    shutil.copytree(runs / "char", runs / "other")
    own = runs / "other" / "generation_config.json"
    settings = json.loads(own.read_text())
    del settings["crc32c"]  # as whoever changes it by hand does
    own.write_text(json.dumps({**settings, "temperature": 0.63, "top_k": 7, "max_new_tokens": 2400}))


class Server:
    """A process that serves; its address is the last word of the line that names it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(), bufsize=1)
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if "http://" in line:
                self.address = line.split()[-1]
                return
        raise SystemExit(f"{arguments} does not serve: {''.join(self.said)}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode


class Page:
    """The page in a browser, of which every request goes to its server."""

    def __init__(self, browser, server):
        self.browser = browser
        self.address = server.address

    def open(self, view):
        self.browser("Page.navigate", url="about:blank")
        self.browser.visit(f"{self.address}/#{view}")
        self.browser.wait(f"{SHOWN} === '{view.split('/')[0]}'")

    def alone(self):
        away = [url for url in self.browser.asked() if not url.startswith(self.address + "/")]
        assert not away, f"it asks for {away}"
        faults = [fault for fault in self.browser.faults() if "Failed to load resource" not in fault]
        assert not faults, f"scripts fail: {faults}"

    def run(self, script):
        return self.browser.run(script)

    def wait(self, script, patience=30):
        return self.browser.wait(f"!!({script})", patience)

    def focus(self, selector):
        assert self.run(f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.focus(); return document.activeElement === e; }})()"), f"{selector} takes no focus"

    def type(self, selector, text):
        self.focus(selector)
        self.run("document.activeElement.select()")
        self.browser.write(text)

    def press(self, *keys):
        for key in keys:
            self.browser.press(key)

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)}).innerText")

    def requests(self, path):
        """The bodies that were sent there."""
        self.run("0")  # events that have happened are read with the next answer
        sent = (event["params"]["request"] for event in self.browser.events if event["method"] == "Network.requestWillBeSent")
        return [json.loads(request["postData"]) for request in sent if request["url"] == self.address + path]


def write(page, prompt="Line 7", length=60):
    page.run(f"document.getElementById('max_tokens').value = {length}")
    page.type("#prompt", prompt)
    page.focus("#write-start")
    page.press("Enter")
    page.wait(f"{TOKENS} > {length - 20} && {IDLE}")


def check_write(page):
    """By keys only: a slider, the text, the tokens, what else could have come, and on from there."""
    page.open("write")
    page.focus("#temperature")
    page.press("ArrowRight", "ArrowRight")
    assert page.text("output[for=temperature]") == "0.90", "the slider tells its value"
    page.type("#seed", "5")
    page.type("#stop", "\\n")
    page.run("document.getElementById('stop').value = ''")
    write(page)
    read, drawn = page.requests("/v1/completions")[-2:]
    assert (read["prompt"], read["max_tokens"], drawn["prompt"]) == ("Line 7", 0, ""), f"the prompt is read once: {read} {drawn}"
    assert drawn["session"] == read["session"] and drawn["temperature"] == 0.9 and drawn["seed"] == 5, drawn
    colours = page.run("[...new Set([...document.querySelectorAll('.pane [role=option]')].map(e => getComputedStyle(e).backgroundColor))].length")
    assert colours >= 3, f"only {colours} colours of surprise"
    page.focus("[role=listbox]")
    page.press("ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "Home", "End", "ArrowLeft")
    told = page.text("#token")
    assert "probability" in told and "nats" in told, f"the token is explained by: {told}"
    assert page.run("document.querySelectorAll('#token meter').length") >= 3, "alternatives have bars"
    at = page.run("document.querySelector('[role=listbox]').getAttribute('aria-activedescendant')")
    assert page.run(f"document.getElementById('{at}').classList.contains('here')"), "the marked token is the active one"
    before = page.text(".pane .text")
    page.press("Tab")
    while page.run("document.activeElement.closest('#token') === null"):
        page.press("Tab")
    other = page.run("document.activeElement.textContent")
    page.press("Enter")
    page.wait(IDLE)
    page.wait(f"document.querySelector('.pane .text').innerText.length > {len(before)}")
    kept = page.requests("/v1/completions")[-2]["prompt"]
    sign = {"␣": " ", "↵": "\n", "⇥": "\t"}.get(other, other)
    assert kept.endswith(sign) and len(kept) > len("Line 7"), f"it goes on from {kept!r} with {other!r}"
    page.alone()


def check_settings(page):
    """Sliders begin where the model's own settings are, and stay where they were moved."""
    def shown():
        return page.run("[...document.querySelectorAll('#sliders output')].map(one => one.textContent).join()")

    def choose(name):
        page.run(f"(() => {{ const a = document.getElementById('model-a'); a.value = '{name}'; a.dispatchEvent(new Event('change')); }})()")

    page.open("write")
    choose("other")
    assert shown() == "0.63,the likeliest 7,off,off,off,2400", f"the sliders begin at {shown()}"
    page.type("#prompt", "Line 7")
    page.focus("#write-start")
    page.press("Enter")
    page.wait(f"{TOKENS} > 2")
    page.press("Escape")
    page.wait(IDLE)
    sent = page.requests("/v1/completions")[-1]
    assert (sent["model"], sent["temperature"], sent["top_k"], sent["max_tokens"]) == ("other", 0.63, 7, 2400), sent
    page.focus("#top_k")
    page.press("ArrowRight")
    choose("char")
    assert shown() == "0.80,the likeliest 8,off,off,off,500", f"of another model they are at {shown()}"
    page.alone()


def check_go_on(page):
    page.open("write")
    write(page)
    first = page.text(".pane .text")
    page.type("#more", "and then")
    page.press("Enter")
    page.wait(f"{IDLE} && document.querySelector('.pane .text').innerText.length > {len(first) + 40}")
    *_, drawn, more = page.requests("/v1/completions")
    assert more["session"] == drawn["session"] and more["prompt"] == "and then", f"only the new words are read: {more}"
    assert more["seed"] == drawn["seed"] + 1 or page.run("document.getElementById('seed').value") == "", more
    page.alone()


def check_stop(page):
    page.open("write")
    page.run("document.getElementById('max_tokens').max = 16000; document.getElementById('max_tokens').value = 16000")
    page.type("#prompt", "Line 7")
    page.focus("#write-start")
    page.press("Enter")
    page.wait(f"{TOKENS} > 50")
    page.press("Escape")
    page.wait(IDLE)
    stopped = page.run(TOKENS)
    assert stopped < 15000, "Escape stops the text"
    text = page.text(".pane .text")
    page.run("document.getElementById('max_tokens').value = 40")
    page.focus("#go-on-start")
    page.press("Enter")
    page.wait(f"{IDLE} && {TOKENS} > {stopped + 20}")
    prompt = page.requests("/v1/completions")[-1]["prompt"]
    assert prompt and not prompt.startswith("Line 7") and text.rstrip().endswith(prompt.rstrip()), f"what was lost is read, the prompt is not: {prompt!r} after {text[-200:]!r}"
    page.alone()


def check_compare(page):
    page.open("write")
    page.run("document.getElementById('model-b').value = 'other'")
    write(page)
    assert page.run("[...document.querySelectorAll('.pane h2')].map(e => e.textContent).join()") == "char,other"
    one, two = page.requests("/v1/completions")[-2:]
    assert one["seed"] == two["seed"] and {one["model"], two["model"]} == {"char", "other"}, (one, two)
    texts = page.run("[...document.querySelectorAll('.pane .text')].map(e => e.innerText)")
    assert texts[0] == texts[1], "equal models write the same from one seed"
    page.alone()


def check_forecast(page):
    page.open("forecast")
    page.focus("#forecast-own")
    page.press("Enter")
    page.wait("document.querySelector('#forecast-result polyline')")
    own = page.text("#forecast-result table")
    page.run("document.querySelector('#forecast-result svg').id = 'earlier'")
    page.type("#rows", SERIES)
    page.focus("#forecast-form .primary")
    page.press("Enter")
    page.wait("!document.getElementById('earlier') && document.querySelector('#forecast-result .band-1') && document.querySelectorAll('#forecast-result tbody tr').length > 5")
    assert page.text("#forecast-result table") == own, "the table that it has learnt from gives the same forecast"
    page.focus("#forecast-result svg")
    page.press("End")
    assert "80 %" in page.text("#forecast-result .readout"), page.text("#forecast-result .readout")
    page.type("#rows", "month,sales\n2001-01-01,many")
    page.focus("#forecast-form .primary")
    page.press("Enter")
    page.wait("document.getElementById('forecast-trouble').textContent")
    assert "many" in page.text("#forecast-trouble"), page.text("#forecast-trouble")
    page.alone()


def check_classify(page):
    page.open("classify")
    page.type("#texts", "wave boat tide\nbread soup salt")
    page.focus("#by-line")
    page.press(" ")
    page.focus("#classify-form .primary")
    page.press("Enter")
    page.wait("document.querySelectorAll('.classed').length === 2")
    best = page.run("[...document.querySelectorAll('.classed')].map(e => e.querySelector('b').textContent).join()")
    assert best == "sea,food", f"the classes are {best}"
    page.alone()


def check_gates(page):
    page.open("training/char")
    page.wait("document.querySelector('#run polyline')")
    page.type("#gates-text", "a \"quoted\" text\n")
    page.type("#gates-units", "3, 5")
    page.focus("#run form button")
    page.press("Enter")
    page.wait("document.querySelectorAll('.unit').length === 2")
    page.focus(".unit .lines")
    page.press("ArrowRight", "ArrowDown", "ArrowDown")
    assert "input gate" in page.text(".unit .readout"), page.text(".unit .readout")
    page.type("#gates-units", "3000")
    page.focus("#run form button")
    page.press("Enter")
    page.wait("document.querySelector('#run section .trouble').textContent.includes('units')")
    page.alone()


def check_looks(page):
    """Every view: contrast in the light and in the dark, a telephone's width, names, and what axe finds."""
    axe = AXE.read_text() if AXE.exists() else None
    assert axe or not os.environ.get("CI"), f"{AXE} is missing"
    for view, prepare in (("write", write), ("training/char", None), ("forecast", check_forecast), ("classify", check_classify)):
        page.browser.screen(1280, 900)
        page.browser.media("light")
        page.open(view)
        if prepare:
            prepare(page)
        for scheme in ("light", "dark"):
            page.browser.media(scheme)
            found = page.run(CONTRASTS)
            assert found["count"] > 8 and not found["low"], f"{view} ({scheme}): {found}"
            assert (found["paper"] < 0.2) == (scheme == "dark"), f"{view} is not {scheme}"
        if axe:
            page.run(axe + ";0")
            wrong = page.run("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | ')))")
            assert not wrong, f"{view}: axe finds {wrong}"
        for width in (320, 360):
            page.browser.screen(width, 740, True)
            inner, whole = page.run("[innerWidth, document.documentElement.scrollWidth]")
            assert inner == width and whole <= width, f"{view} is {whole} pixels wide on a screen of {width}"
        page.alone()
    page.browser.screen(1280, 900)
    page.browser.media("light")


def check_tab(page):
    """Tab goes through all there is and out again, and where it is can be seen."""
    for view in ("write", "training/char", "forecast", "classify"):
        page.open(view)
        if view == "write":
            write(page, length=20)
        page.run("document.activeElement.blur(); window.scrollTo(0, 0)")
        seen = []
        for _ in range(60):
            page.press("Tab")
            state = page.run("""(() => { const e = document.activeElement, s = getComputedStyle(e);
              const ring = e.matches('[role=listbox]') ? getComputedStyle(e.closest('.pane')) : s;
              return e === document.body ? null : [e.id || e.textContent.trim().slice(0, 20) || e.tagName, ring.outlineStyle, parseFloat(ring.outlineWidth)]; })()""")
            if state is None or state[0] in seen[:1]:
                break
            name, style, width = state
            assert style != "none" and width >= 1, f"{view}: the focus on {name} cannot be seen"
            seen.append(name)
        else:
            raise AssertionError(f"{view}: Tab does not come to an end: {seen}")
        assert len(seen) > 3, f"{view}: Tab finds only {seen}"


def sum_of(model):
    return hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest()


def check_training(browser, folder):
    """A run on its own page: watched, stopped, resumed, and in the end the same bits as without."""
    # So many steps that a slow browser still sees the run change, and stops it, before it ends: some ten seconds.
    flags = [*TINY, "--max-steps", 20000, "--eval-every", 500, "--save-every", 500, "--sample-every", 50, "--sample-length", 20]
    lstm_gpu("train", folder / "text.txt", "-o", folder / "alone", *flags)
    with Server("train", folder / "text.txt", "-o", folder / "watched", *flags, "--serve=0") as server:
        page = Page(browser, server)
        page.open("training")
        page.wait("document.querySelector('#run .status').textContent === 'training'")
        page.wait("document.querySelectorAll('#run polyline').length >= 2 && document.querySelector('.written').textContent")
        first = page.run("document.querySelector('#run svg').getAttribute('aria-label')")
        page.wait(f"document.querySelector('#run svg').getAttribute('aria-label') !== {json.dumps(first)}")
        page.run("document.querySelector('#run .buttons button').focus()")
        page.press("Enter")
        page.wait("document.querySelector('#run .status').textContent === 'stopped'")
        assert page.run("document.activeElement.textContent") == "Resume", "the focus goes on to the other button"
        page.press("Enter")
        page.wait("document.querySelector('#run .status').textContent === 'finished'", 180)
        assert page.run("document.querySelector('#run progress').value") == 1
        page.alone()
        assert server.stop() == 0, "a run that is complete ends well"
    assert sum_of(folder / "alone") == sum_of(folder / "watched"), "the run that was stopped and resumed has other bits"


def check_processes(browser, folder, server):
    """The run of another process, watched through a server of its folder."""
    flags = [*TINY, "--max-steps", 100000, "--save-every", 200]
    child = subprocess.Popen(command("train", folder / "text.txt", "-o", folder / "runs" / "far", *flags), env=environment(),
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = Page(browser, server)
        page.open("training/far")
        page.wait("document.querySelector('#run h2')?.textContent === 'far' && document.querySelector('#run .status').textContent === 'training'")
        page.wait("document.querySelector('#run polyline')?.getAttribute('points').split(' ').length > 2")
        page.run("document.querySelector('#run .buttons button').click()")
        assert child.wait(timeout=30) == 143, "the process ends as after SIGTERM"
        page.wait("document.querySelector('#run .status').textContent === 'stopped'")
        page.run("document.querySelector('#run .buttons .primary').click()")
        page.wait("document.querySelector('#run .status').textContent === 'training'")
        page.alone()
    finally:
        child.kill()


def check_end(browser, folder, server):
    """The server ends, and with it the run that it had begun, in good order; the page says so, and finds the next one."""
    page = Page(browser, server)
    page.open("write")
    port = server.address.rsplit(":", 1)[1]
    server.stop()
    status = json.loads((folder / "runs" / "far" / "run.json").read_text())["status"]
    assert status == "stop_requested", f"the run that the server began is '{status}'"
    page.wait("!document.getElementById('offline').hidden")
    key = folder / "key"
    key.touch(0o600)
    key.write_text("a-key-for-tests\n")
    with Server("serve", folder / "runs" / "char", "--port", port, "--api-key-file", key):
        page.wait("!document.getElementById('key').hidden")
        page.type("#key-value", "a-key-for-tests")
        page.press("Enter")
        page.wait("document.getElementById('key').hidden && document.getElementById('offline').hidden")
        write(page)


def main():
    if not program():
        print("chromium: not installed, so that nothing looks at the page")
        return 1
    failures = 0
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        make(folder)
        server = stack.enter_context(Server("serve", folder / "runs", "--port", 0, "--threads", 1))
        browser = stack.enter_context(Browser())
        browser.screen(1280, 900)
        page = Page(browser, server)
        checks = [(check.__name__[6:], lambda check=check: check(page)) for check in (
            check_write, check_settings, check_go_on, check_stop, check_compare, check_forecast, check_classify, check_gates, check_looks, check_tab)]
        checks += [("training", lambda: check_training(browser, folder)),
                   ("processes", lambda: check_processes(browser, folder, server)),
                   ("end", lambda: check_end(browser, folder, server))]
        for what, check in checks:
            if len(sys.argv) > 1 and what not in sys.argv[1:]:
                continue
            start = time.monotonic()
            try:
                check()
                print(f"ok      {what} ({time.monotonic() - start:.1f} s)", flush=True)
            except AssertionError as failure:
                failures += 1
                print(f"FAILED  {what}: {failure}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
