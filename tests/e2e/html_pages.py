"""Pages for the tests of the html formatter, open in a browser."""

import json
import re
import subprocess

import browser
import runner

WRITE_PAGE = runner.ROOT / "formatters" / "html" / "write_page"
AXE = runner.ROOT / "third_party" / "axe-core" / "axe.min.js"
SUMMARY = re.compile(r'(<script type="application/json" id="strata-summary">)(.*?)(</script>)', re.DOTALL)

# What the page shows of each row that is an element now.
ROWS = """
return [...document.querySelectorAll('#strata-table tbody:not(.spacer) tr')].map((row) => ({
  name: row.querySelector('.module').textContent,
  type: row.querySelector('.type')?.textContent ?? null,
  link: row.querySelector('.module').getAttribute('href'),
  cells: [...row.querySelectorAll('td:not(.name)')].map((cell) => cell.textContent),
  level: Number(row.getAttribute('aria-level')),
  position: Number(row.getAttribute('aria-posinset')),
  siblings: Number(row.getAttribute('aria-setsize')),
  open: row.getAttribute('aria-expanded'),
  selected: row.classList.contains('selected'),
  active: row.classList.contains('active'),
}))"""


def embedded(page):
    """The summary that a page holds."""
    return json.loads(SUMMARY.search(page).group(2))


def write_page(document):
    """The page of a summary that no model file has."""
    process = subprocess.run([str(WRITE_PAGE)], input=json.dumps(document).encode(),
                             stdout=subprocess.PIPE, timeout=120, check=True)
    return process.stdout.decode()


def with_summary(page, **parts):
    """The page with other parts in its summary, as the formatter escapes them."""
    text = json.dumps({**embedded(page), **parts})
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return SUMMARY.sub(lambda found: found.group(1) + text + found.group(3), page)


def module(index, parent, path, kind="Module", metrics=None, **more):
    """A layer of a made summary."""
    return {"id": index, "parent": parent, "path": path, "name": path.rpartition(".")[2],
            "type": kind, "full_type": f"models.{kind}", "metrics": metrics or {}, **more}


def summary_of(layers, **more):
    """A made summary with one metric, params."""
    return {"model": {"name": layers[0]["type"], "source": "torchscript", "file": "made.pt"},
            "columns": [{"id": "params", "metric": "params", "title": "Params"}],
            "layers": layers, "totals": {}, **more}


class PageTest(runner.TempFolderTest):
    """Tests that share one browser; each opens a page of its own."""

    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.__exit__)

    def setUp(self):
        super().setUp()
        self.browser.resize(1400, 900)
        self.browser.prefer("light")
        self.addCleanup(self.leave)

    def leave(self):
        """Whatever a test did, the page had nothing to complain of."""
        self.assertEqual(self.browser.messages(), [])
        self.browser.open("about:blank")

    def page_of(self, *arguments):
        """The page of a model, written by the program."""
        file = self.folder / "page.html"
        result = runner.run(*arguments, f"--output={file}")
        self.assertEqual((result.status, result.out), (0, ""), result.err)
        return file.read_text()

    def show(self, page, fragment=""):
        file = self.folder / "shown.html"
        file.write_text(page)
        # Else a change of the fragment alone loads nothing.
        self.browser.open("about:blank")
        self.browser.open(f"{file.as_uri()}{fragment}")
        self.assertEqual(self.browser.js("return document.body.dataset.ready"), "yes")

    def link_to(self, name):
        """The link of a row, once it is drawn: on a busy machine that takes a moment."""
        for _ in range(100):
            for row in self.rows():
                if row["name"] == name:
                    return row["link"]
            self.settle()
        raise AssertionError(f"no row '{name}' was drawn; there are {self.names()}")

    def rows(self):
        return self.browser.js(ROWS)

    def names(self):
        return [row["name"] for row in self.rows()]

    def active(self):
        """The path of the row that has the keyboard, by the element that says so."""
        return self.browser.js("""
            const id = document.getElementById('strata-table').getAttribute('aria-activedescendant');
            return decodeURIComponent(document.getElementById(id).querySelector('a').hash.slice(1))""")

    def filter(self, text):
        self.browser.js("""
            const input = document.getElementById('strata-filter');
            input.value = arguments[0];
            input.dispatchEvent(new Event('input'))""", text)
        self.settle()

    def choose(self, name, value):
        """An entry of one of the page's lists."""
        self.browser.js("""
            const list = document.getElementById(`strata-${arguments[0]}`);
            list.value = arguments[1];
            list.dispatchEvent(new Event('change'))""", name, value)

    def press(self, name):
        self.browser.js("document.getElementById(`strata-${arguments[0]}`).click()", name)

    def settle(self):
        """Lets the page draw what it draws a moment later."""
        self.browser.js_async("""
            const done = arguments[arguments.length - 1];
            setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 20)""")
