"""Drives headless Chromium through chromedriver: WebDriver over plain HTTP."""

import base64
import json
import os
import re
import subprocess
import tempfile
import urllib.error
import urllib.request

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Home": "\ue011", "End": "\ue010", "PageUp": "\ue00e",
        "PageDown": "\ue00f", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014",
        "ArrowDown": "\ue015", "Shift": "\ue008", "Control": "\ue009", "Tab": "\ue004"}


class Browser:
    """One browser with one window; a context manager."""

    def __init__(self, width=1400, height=900):
        self._folder = tempfile.TemporaryDirectory()
        environment = dict(os.environ, HOME=self._folder.name)
        # Port 0: chromedriver takes a free one and says which.
        try:
            self._driver = subprocess.Popen(
                ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env=environment, text=True)
        except FileNotFoundError:
            raise RuntimeError("there is no chromedriver: install Debian's chromium and "
                               "chromium-driver (tools/setup does)") from None
        port = None
        for line in self._driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found.group(1)
                break
        if port is None:
            raise RuntimeError("chromedriver did not start")
        self._base = f"http://127.0.0.1:{port}"
        options = {"args": ARGUMENTS + [f"--user-data-dir={self._folder.name}/profile",
                                        f"--window-size={width},{height}"]}
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"}}}})
        self._base += f"/session/{session['sessionId']}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.wait()
            self._driver.stdout.close()
            self._folder.cleanup()

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        # No proxy stands between this and the driver.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def js(self, script, *arguments):
        """The value of a function body; an array, an object or a plain value."""
        return self._call("POST", "/execute/sync", {"script": script, "args": arguments})

    def js_async(self, script, *arguments):
        """As js, of a body that calls its last argument with the value."""
        return self._call("POST", "/execute/async", {"script": script, "args": arguments})

    def cdp(self, command, **parameters):
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def find(self, selector):
        return self._call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self._call("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self._call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def press(self, *keys, holding=()):
        """Keys, by name or as characters, in the element that has the focus."""
        held = [KEYS[key] for key in holding]
        actions = [{"type": "keyDown", "value": key} for key in held]
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        actions += [{"type": "keyUp", "value": key} for key in held]
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def screenshot(self):
        return base64.b64decode(self._call("GET", "/screenshot"))

    def print_to_pdf(self, **options):
        return base64.b64decode(self._call("POST", "/print", {"background": True, **options}))

    def resize(self, width, height, scale=1, mobile=False):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=scale, mobile=mobile)

    def prefer(self, scheme, media=""):
        """The colours that the reader's system asks for: light or dark."""
        self.cdp("Emulation.setEmulatedMedia", media=media,
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def messages(self):
        """What the page has said to the console since the last time: errors, policy."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]
