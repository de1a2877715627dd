"""What GitHub's own renderer makes of hostile names.

tests/e2e/markdown/hostile.html is what cmark-gfm, the renderer that GitHub
uses, made of hostile.md. After a change that is meant:

    python3 tests/e2e/markdown/make.py    (needs Debian's cmark-gfm)
"""

import html.parser
import json
import unittest

import runner

FOLDER = runner.ROOT / "tests" / "e2e" / "markdown"

NAMES = [
    "conv1", "a|b", "|", "||", "a\\|b", "\\", "\\\\|", "`", "``a`", "a`|`b", "_x_", "__init__", "*x*", "**",
    "<b>bold</b>", "<script>alert(1)</script>", "</code>", "<!-- x -->", "&lt;", "&#124;", "[a](http://x.y)",
    "![a](b.png)", "https://x.y/z", "www.x.y", "a@b.cd", "@user", "#12", "GH-12", "user/repo#1", ":smile:", "$x$",
    "~~x~~", "---", "- x", "1. x", "# x", "> x", " x", "x ", "", "层", "é", "[x]", "[^1]", "javascript:x",
    "'\"", "{{x}}", "%x%", "x" * 300,
]
# What is replaced, because it draws or turns the direction.
REPLACED = {"a\nb": "a\ufffdb", "\x1b[31m": "\ufffd[31m", "\u202ex": "\ufffdx", "a\0": "a\ufffd"}
ALL = NAMES + list(REPLACED)

TAGS = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "blockquote", "ul", "li",
        "details", "summary"}


def hostile():
    """A summary that has each name wherever a name can be."""
    layers = [{"id": 0, "parent": -1, "type": "Root"}]
    for i, name in enumerate(ALL):
        layers.append({
            "id": i + 1, "parent": 0, "depth": 1, "path": name, "name": name, "type": name or "T",
            "flags": ["shared"], "shared_with": [name], "attributes": {"kernel_size": name},
            "metrics": {"params": {"self": i, "total": i}},
        })
    return {"format_version": 1, "model": {"name": "<b>*Net*</b>", "file": "a|`b`.pt"}, "layers": layers,
            "columns": [{"id": "params", "title": "Params"}], "totals": {"params": 7},
            "warnings": [f"at {name} something is wrong" for name in ALL]}


def render():
    """The Markdown of it."""
    return runner.run("show", "/dev/stdin", "--format=markdown", "--columns=kernel_size,params",
                      stdin=json.dumps(hostile()).encode()).out


class Page(html.parser.HTMLParser):
    """Tables as lists of rows of cells, items of lists, and all tags."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags = set()
        self.tables = []
        self.items = []
        self.text = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th", "li", "h3"):
            self.text = ""

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.tables[-1][-1].append(self.text)
        elif tag in ("li", "h3"):
            self.items.append(self.text)


class MarkdownTest(unittest.TestCase):
    def setUp(self):
        self.page = Page((FOLDER / "hostile.html").read_text())

    def test_the_page_was_made_of_this_text(self):
        self.assertEqual(render(), (FOLDER / "hostile.md").read_text())

    def test_nothing_became_markup(self):
        self.assertLessEqual(self.page.tags, TAGS)

    def test_every_name_is_read_as_it_is(self):
        table = self.page.tables[0]
        self.assertEqual(table[0], ["Layer (type)", "Kernel", "Params"])
        self.assertEqual(len(table), len(ALL) + 2)
        for i, (name, cells) in enumerate(zip(ALL, table[2:])):
            shown = REPLACED.get(name, name)
            label, kernel, params = cells
            with self.subTest(name):
                shared = f" with {shown}" if shown else ""
                self.assertEqual(label, f"\u2003{shown} ({shown or 'T'}) · shared{shared}")
                self.assertEqual(kernel, shown.strip(" "))
                self.assertEqual(params, str(i))

    def test_title_and_warnings(self):
        title, *warnings = self.page.items
        self.assertEqual(title, "<b>*Net*</b>")
        for name, warning in zip(ALL, warnings):
            shown = name.replace("\n", " ") if name == "a\nb" else REPLACED.get(name, name)
            # HTML shows spaces in a row as one.
            self.assertEqual(warning.split(), f"at {shown} something is wrong".split())


if __name__ == "__main__":
    unittest.main()
