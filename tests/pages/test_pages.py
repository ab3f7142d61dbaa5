"""A real browser looks at the pages and charts that lstm-gpu writes: on a phone, on dark and light screens, with the keyboard, and in print.

Needs chromium and pdftotext (poppler-utils), which tests/run installs; without them it fails.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from browser import Browser, program
from written_pages import make

LEAST_CONTRAST = 4.5  # WCAG 2.2, level AA, text of any size
PHONE, DESK, PAPER = (360, 740, True), (1280, 800), (718, 1000)  # CSS pixels; paper is A4 less the margins

CONTRASTS = """(() => {
  const numbers = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = colour => numbers(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const paper = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor, [, , , alpha = 1] = numbers(colour);
      if (alpha === 1) return colour;
    }
    return 'none';
  };
  const seen = {};
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    if (!own || style.display === 'none' || element.matches('script, style, noscript')) continue;
    seen[`${style.color} on ${paper(element)}`] = contrast(style.color, paper(element));
  }
  return {seen, paper: light(paper(document.body))};
})()"""

FOCUS = """(() => {
  const tip = document.getElementById('tip').getBoundingClientRect(), focused = getComputedStyle(document.activeElement);
  const here = document.querySelector('.here'), mark = here && getComputedStyle(here), box = here && here.getBoundingClientRect();
  return {
    element: [...document.querySelectorAll('[tabindex="0"]')].indexOf(document.activeElement),
    outline: focused.outlineStyle + ' ' + focused.outlineWidth,
    tip: document.getElementById('tip').textContent,
    tipInSight: tip.height > 0 && tip.top >= 0 && tip.bottom <= innerHeight,
    mark: mark && [mark.outlineStyle, mark.outlineWidth, mark.outlineColor, mark.boxShadow],
    markInSight: !!box && box.top >= 0 && box.bottom <= tip.top && box.left >= 0 && box.right <= innerWidth,
  };
})()"""

# What is cut off: content beyond an element that hides or scrolls it, and what is fixed while pages turn.
CUT_OFF = """[...document.body.querySelectorAll('*')].filter(element => {
  const style = getComputedStyle(element);
  return style.display !== 'none' && style.display !== 'inline' && !element.closest('script, noscript') && (
    style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1
    || style.overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1
    || ['fixed', 'sticky'].includes(style.position)
    || element.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
}).map(element => element.outerHTML.slice(0, 80)).slice(0, 3)"""

# The darkest and the lightest point of the picture within every text, and the picture's corner.
INKS = """(async (picture, boxes) => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), pen = canvas.getContext('2d');
  pen.drawImage(bitmap, 0, 0);
  const range = (x, y, w, h) => {
    const data = pen.getImageData(Math.floor(x), Math.floor(y), Math.ceil(w), Math.ceil(h)).data, lights = [];
    for (let i = 0; i < data.length; i += 4) {
      lights.push([0, 1, 2].reduce((sum, c) => {
        const v = data[i + c] / 255;
        return sum + [0.2126, 0.7152, 0.0722][c] * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      }, 0));
    }
    return [lights.reduce((a, b) => Math.min(a, b)), lights.reduce((a, b) => Math.max(a, b))];
  };
  return {texts: boxes.map(box => range(...box)), corner: range(1, 1, 2, 2)[0], beside: range(bitmap.width - 3, bitmap.height - 3, 2, 2)[0]};
})"""


def alone(asked, faults, path):
    assert asked == [path.resolve().as_uri()], f"it asks for {asked}"
    assert not faults, f"scripts fail: {faults}"


def check_width(browser, path):
    browser.media("light")
    for screen in (PHONE, DESK):
        browser.screen(*screen)
        alone(*browser.open(path), path)
        inner, whole = browser.run("[innerWidth, document.documentElement.scrollWidth]")
        assert inner == screen[0] and whole <= inner, f"{whole} pixels wide on a screen of {screen[0]} that shows {inner}"


def check_contrast(browser, colours=5):
    for scheme, kind, dark in (("light", "", False), ("dark", "", True), ("dark", "print", False)):
        browser.media(scheme, kind)
        found = browser.run(CONTRASTS)
        assert len(found["seen"]) > colours, "there are coloured texts"
        low = {what: round(value, 2) for what, value in found["seen"].items() if value < LEAST_CONTRAST}
        assert not low, f"contrast below {LEAST_CONTRAST} ({scheme} {kind}): {low}"
        assert (found["paper"] < 0.2) == dark, f"the paper is not {'dark' if dark else 'light'} ({scheme} {kind})"
    browser.media("light")


def check_focus(state, element):
    assert state["element"] == element, f"Tab leads to {state['element']} and not to {element}"
    style, width = state["outline"].split()
    assert style != "none" and float(width[:-2]) >= 2, f"the focus cannot be seen: {state['outline']}"
    assert state["tipInSight"] and state["markInSight"], f"out of sight: {state}"
    style, width, *colours = state["mark"]
    assert style == "solid" and float(width[:-2]) >= 2, f"the mark cannot be seen: {state['mark']}"
    assert "rgb(0, 0, 0)" in colours[0] and "rgb(255, 255, 255)" in colours[1], f"the mark is not black in white: {colours}"


def check_keyboard(browser, path):
    """Tab comes to every element that can have the focus and goes on; arrows reach everything that hovering explains."""
    browser.screen(*PHONE)
    browser.open(path)
    stops = browser.run("document.querySelectorAll('[tabindex=\"0\"]').length")
    assert stops > 0
    assert browser.run("[...document.querySelectorAll('[title]')].every(e => e.closest('[tabindex=\"0\"]'))"), "hovering tells more"
    tips = set()
    for element in range(min(stops, 3)):
        browser.press("Tab")
        check_focus(browser.run(FOCUS), element)
        for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
            before = browser.run("document.querySelector('.here').getBoundingClientRect().top + scrollY")
            browser.press(key)
            state = browser.run(FOCUS)
            check_focus(state, element)
            tips.add(state["tip"])
            after = browser.run("document.querySelector('.here').getBoundingClientRect().top + scrollY")
            assert key != "ArrowDown" or after > before, "ArrowDown stays in the line"
    assert len(tips) > 3, f"the line tells only {tips}"
    for _ in range(30):  # down to where the line that tells would hide the place
        browser.press("ArrowDown")
        check_focus(browser.run(FOCUS), min(stops, 3) - 1)
    leaves = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Tab', bubbles: true, cancelable: true}))"
    assert browser.run(leaves), "the page takes Tab for itself"
    check_reach(browser)


def check_reach(browser):
    """Of the first part, by keys that the page itself is sent: all that has a title gets the mark."""
    missed = browser.run("""(() => {
      const area = document.querySelector('[tabindex="0"]'), titled = [...area.querySelectorAll('[title]')].slice(0, 400);
      const press = key => area.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
      const met = new Set(), rows = area.querySelectorAll('tr').length || 1;
      const here = () => document.querySelector('.here');
      area.focus();
      press('Home');
      for (let i = 0; i < 500 && !(i && here() === met.last); i++) { met.last = here(); press('ArrowLeft'); }
      for (let row = 1; row < rows; row++) press('ArrowUp');
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < 600 / rows; i++) { met.add(here()); press(row % 2 ? 'ArrowLeft' : 'ArrowRight'); }
        if (rows > 1) press('ArrowDown');
      }
      return titled.filter(part => !met.has(part)).length + (titled.length < 10 ? 10000 : 0);
    })()""")
    assert missed == 0, f"{missed} places that hovering explains cannot be reached by keys"


def letters(text):
    return collections.Counter(c for c in text if c.isascii() and c.isalnum())


def check_print(browser, path, folder):
    browser.media("light", "print")
    browser.screen(*PAPER)
    browser.open(path)
    assert browser.run("document.documentElement.scrollWidth") <= PAPER[0], "wider than paper"
    cut = browser.run(CUT_OFF)
    assert not cut, f"cut off in print: {cut}"
    replaced = "[...document.querySelectorAll('i[class], td[class]')].every(e => getComputedStyle(e).printColorAdjust === 'exact')"
    assert browser.run(replaced), "printing may leave the colours out"
    shown = browser.run("document.body.innerText")
    browser.media("light")
    pdf = folder / "page.pdf"
    pdf.write_bytes(browser.pdf())
    printed = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
    missing = letters(shown) - letters(printed)
    assert sum(letters(shown).values()) > 500 and not missing, f"not on paper: {dict(missing)}"


def check_chart(browser, path, words):
    for scheme in ("light", "dark"):
        browser.media(scheme)
        browser.screen(1000, 700, scale=2)
        alone(*browser.open(path), path)
        found = browser.run("[...document.querySelectorAll('text')].map(e => [e.textContent.trim(), e.getBoundingClientRect().toJSON()])")
        found = [(text, box) for text, box in found if text]
        texts = [text for text, _ in found]
        assert all(word in texts for word in words), f"of {words} only {texts} are text"
        width, height = browser.run("[document.documentElement.getBoundingClientRect().width, document.documentElement.getBoundingClientRect().height]")
        cut = [text for text, box in found if box["left"] < 0 or box["top"] < 0 or box["right"] > width or box["bottom"] > height]
        assert not cut, f"cut off: {cut}"
        picture = browser("Page.captureScreenshot", format="png")["data"]
        boxes = [[2 * box[side] for side in ("x", "y", "width", "height")] for _, box in found]
        browser("Page.navigate", url="about:blank")
        inks = browser.run(f"{INKS}({json.dumps(picture)}, {json.dumps(boxes)})")
        for text, (low, high) in zip(texts, inks["texts"]):
            contrast = (high + 0.05) / (low + 0.05)
            assert contrast >= LEAST_CONTRAST, f"'{text}' has a contrast of {contrast:.2f} ({scheme})"
        for place in ("corner", "beside"):
            assert (inks[place] < 0.2) == (scheme == "dark"), f"the {place} is not {scheme}"


def check_page(browser, path, folder):
    check_width(browser, path)
    check_contrast(browser)
    check_keyboard(browser, path)
    check_print(browser, path, folder)


def check_still_page(browser, path, folder):
    """One on which there is nothing to point at."""
    check_width(browser, path)
    check_contrast(browser, colours=0)
    check_print(browser, path, folder)


def main():
    missing = [name for name, there in (("chromium", program()), ("pdftotext", shutil.which("pdftotext"))) if not there]
    if missing:
        print(f"{' and '.join(missing)}: not installed, so that nothing looks at the pages")
        return 1
    failures = 0
    with tempfile.TemporaryDirectory() as name, Browser() as browser:
        folder = pathlib.Path(name)
        make(folder)
        checks = [(page, lambda path: check_page(browser, path, folder)) for page in ("surprise.html", "gates-char.html", "gates-word.html")]
        for page in ("gradients.html", "search/tune.html"):
            checks.append((page, lambda path: check_still_page(browser, path, folder)))
        loss, speed = ["step", "nats per token"], ["tokens per second", "cpu fp32", "1,000"]
        for chart, words in (("char/loss.svg", ["Loss", "training", "held out", *loss]), ("bench.svg", speed),
                             ("memory.svg", ["gap in steps", "copy: learnt", "rnn_relu", "100 %"]),
                             ("rates/lr-range.svg", ["learning rate", "smoothed", "steepest", "0.001"]),
                             ("compare.svg", ["Held-out loss", *loss]),
                             ("gradients.svg", ["layer 0", "tokens back", "size of the gradient, with that of the step itself as 1"]),
                             ("confusion.svg", ["sea", "20", "true class", "predicted class"]),
                             ("forecast.svg", ["sales", "history", "forecast", "95 % band"])):
            checks.append((chart, lambda path, words=words: check_chart(browser, path, words)))
        for what, check in checks:
            try:
                check(folder / what)
                print(f"ok      {what}")
            except AssertionError as failure:
                failures += 1
                print(f"FAILED  {what}: {failure}")
        keep = os.environ.get("KEEP_PAGES")
        if keep:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
