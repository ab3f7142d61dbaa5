"""A headless Chromium, spoken to over two pipes in its DevTools protocol; needs nothing but Python."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PATIENCE = 30  # seconds for an answer
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars"]


def program():
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One tab. Use it in a with statement."""

    def __enter__(self):
        self.profile = tempfile.mkdtemp()
        theirs_in, self.to = os.pipe()
        self.source, theirs_out = os.pipe()

        def pipes():  # the protocol's two pipes are descriptors 3 and 4
            high = os.dup2(theirs_in, 13), os.dup2(theirs_out, 14)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [program(), *FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=pipes, close_fds=False,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.rest, self.number, self.events, self.session = b"", 0, [], None
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self(domain + ".enable")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.source)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _message(self, until):
        while b"\0" not in self.rest:
            if not select.select([self.source], [], [], max(0, until - time.monotonic()))[0]:
                raise SystemExit(f"{program()} did not answer in {PATIENCE} s")
            piece = os.read(self.source, 1 << 20)
            if not piece:
                raise SystemExit(f"{program()} ended, or does not start here")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def __call__(self, method, **parameters):
        """The result of a call of the protocol; events that come meanwhile are kept."""
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            call["sessionId"] = self.session
        data = json.dumps(call).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        until = time.monotonic() + PATIENCE
        while True:
            message = self._message(until)
            if message.get("id") == self.number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def open(self, path):
        """Loads a file; returns the addresses that were asked for and what went wrong in scripts."""
        return self.visit(path.resolve().as_uri())

    def visit(self, url):
        """Loads an address; returns as open does."""
        self.events.clear()
        self("Page.navigate", url=url)
        until = time.monotonic() + PATIENCE
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message(until))
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self.asked(), self.faults()

    def asked(self):
        """Addresses that were asked for since the page was opened, but for those that the page has in itself."""
        sent = (event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent")
        return [url for url in sent if not url.startswith("data:")]

    def faults(self):
        return [json.dumps(event["params"])[:400] for event in self.events
                if event["method"] == "Runtime.exceptionThrown"
                or event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"]

    def run(self, script):
        """What an expression of JavaScript is, or what its promise brings."""
        answer = self("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"].get("exception", {}).get("description", "script failed"))
        return answer["result"].get("value")

    def screen(self, width, height, phone=False, scale=1):
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone)

    def media(self, scheme, kind=""):
        """scheme light or dark; kind print, or nothing for a screen."""
        self("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key):
        code = {"Tab": 9, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
                "Enter": 13, "Escape": 27, " ": 32}[key]
        text = {"Enter": "\r", " ": " "}.get(key)
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def write(self, text):
        """As if it were typed where the focus is."""
        self("Input.insertText", text=text)

    def wait(self, script, patience=PATIENCE):
        """What an expression is as soon as it is something."""
        until = time.monotonic() + patience
        while True:
            found = self.run(script)
            if found:
                return found
            assert time.monotonic() < until, f"in {patience} s it did not become true: {script}"
            time.sleep(0.05)

    def picture(self):
        """The bytes of a PNG of what is in sight."""
        return base64.b64decode(self("Page.captureScreenshot", format="png")["data"])

    def pdf(self):
        """A4 upright, without backgrounds that the page does not insist on, as browsers print unless told otherwise."""
        return base64.b64decode(self("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)["data"])
