"""The page of a summary, in a browser: its table, links, keyboard and copies."""

import json
import unittest

import html_pages
import runner

RESNET = runner.TORCHVISION / "resnet18.scripted.pt"
SIZE = "--input_size=1x3x224x224"


def tree(document):
    """The names of each layer's children by its path."""
    children = {}
    for layer in document["layers"]:
        if layer["parent"] >= 0:
            parent = document["layers"][layer["parent"]]["path"]
            children.setdefault(parent, []).append(layer["name"])
    return children


class HtmlTest(html_pages.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = runner.summary(RESNET, SIZE)

    def setUp(self):
        super().setUp()
        self.show(self.page_of(RESNET, SIZE, "--depth=1"))

    def header(self, title):
        """Clicks the head of a column."""
        self.browser.js("""
            [...document.querySelectorAll('#strata-table th')]
                .find((head) => head.textContent === arguments[0]).querySelector('button').click()""",
                        title)

    def test_holds_the_summary(self):
        page = self.page_of(RESNET, SIZE)
        self.assertEqual(html_pages.embedded(page), self.document)

    def test_totals_and_first_rows(self):
        text = self.browser.js("return document.getElementById('strata-totals').innerText")
        totals = self.document["totals"]
        for figure in [f"{totals['params']:,}", f"{totals['macs']:,}", str(len(self.document["layers"]))]:
            self.assertIn(figure, text)
        self.assertEqual(self.names(), ["ResNet"] + tree(self.document)[""])
        for row in self.rows():
            path = row["link"][1:]
            layer = runner.layer(self.document, path)
            shape = [] if not layer["calls"] else layer["calls"][0]["outputs"][0]["shape"]
            if len(layer["calls"]) == 1:
                self.assertEqual(row["cells"][0], str(shape))
            self.assertEqual(row["cells"][1:], [f"{layer['metrics'][m]['total']:,}" for m in ("params", "macs")])
            self.assertEqual(row["level"], 2 if path else 1)
            self.assertEqual(row["open"], None if path not in tree(self.document) else
                             "false" if path else "true")

    def test_every_metric_has_a_column(self):
        page = self.page_of(RESNET, SIZE, "--metrics=params,macs,memory")
        columns = html_pages.embedded(page)["columns"]
        self.assertIn("adam_bytes", [column["id"] for column in columns])
        self.show(page)
        listed = self.browser.js("""
            return [...document.querySelectorAll('#strata-columns label')].map((l) => l.textContent.trim())""")
        in_pictures = self.browser.js("""
            return [...document.querySelectorAll('#strata-metric option')].map((o) => o.value)""")
        self.assertEqual(in_pictures, [column["id"] for column in columns])
        for column in columns:
            self.assertIn(column["title"], listed)
        self.browser.js("""document.querySelectorAll('#strata-columns input').forEach((box) => {
            if (!box.checked) box.click() })""")
        heads = self.browser.js("""
            return [...document.querySelectorAll('#strata-table th')].map((head) => head.textContent)""")
        self.assertEqual(heads, ["Module"] + listed)

    def test_columns_of_the_command_line(self):
        self.show(self.page_of(RESNET, SIZE, "--columns=macs,kernel_size,params_percent"))
        self.assertEqual(self.rows()[1]["cells"],
                         [f"{64 * 3 * 7 * 7 * 112 * 112:,}", "[7, 7]",
                          f"{100 * 64 * 3 * 7 * 7 / 11689512:.2f}%"])
        result = runner.run(RESNET, "--columns=colour", "--format=html")
        self.assertEqual((result.status, result.out), (2, ""))
        self.assertIn("no column 'colour'", result.err)

    def test_expands_and_collapses(self):
        self.choose("depth", "2")
        self.assertEqual(max(row["level"] for row in self.rows()), 3)
        self.press("expand")
        count = self.browser.js("return document.getElementById('strata-table').getAttribute('aria-rowcount')")
        self.assertEqual(int(count), len(self.document["layers"]) + 1)
        self.press("collapse")
        self.assertEqual(self.names(), ["ResNet"] + tree(self.document)[""])
        self.browser.click("#strata-table tbody:not(.spacer) tr:nth-child(6) .twisty")
        self.assertEqual(self.names()[5:9], ["layer1", "0", "1", "layer2"])
        self.assertEqual([(r["position"], r["siblings"]) for r in self.rows()[5:9]],
                         [(5, 10), (1, 2), (2, 2), (6, 10)])

    def test_sorts_within_siblings(self):
        self.choose("depth", "2")
        by_path = {layer["path"]: layer for layer in self.document["layers"]}

        def expected(reverse):
            """Children of the root, and theirs, by MACs; equals as registered."""
            def inside(parent):
                paths = [f"{parent}.{name}".lstrip(".") for name in tree(self.document).get(parent, [])]
                return sorted(paths, key=lambda path: by_path[path]["metrics"]["macs"]["total"],
                              reverse=reverse)
            return [""] + [path for outer in inside("") for path in [outer, *inside(outer)]]

        for state, reverse in [("descending", True), ("ascending", False)]:
            self.header("MACs")
            self.assertEqual([row["link"][1:] for row in self.rows()], expected(reverse))
            self.assertEqual(self.browser.js("""
                return [...document.querySelectorAll('#strata-table th')].map(
                    (head) => head.getAttribute('aria-sort'))"""), ["none", "none", "none", state])
        self.header("MACs")
        self.assertEqual(self.names()[:3], ["ResNet", "conv1", "bn1"])
        self.header("Module")
        self.assertEqual(self.names()[1], "avgpool")

    def test_filters(self):
        layers = self.document["layers"]
        for text, wanted in [
            ("downsample", lambda layer: "downsample" in layer["path"]),
            ("MAXPOOL", lambda layer: layer["type"] == "MaxPool2d"),
            (r"/^layer[34]\.\d\.conv2$/", lambda layer: layer["path"].startswith(("layer3.", "layer4."))
             and layer["name"] == "conv2"),
            ("/CONV1/i", lambda layer: layer["name"] == "conv1"),
            ("no such module", lambda layer: False),
        ]:
            with self.subTest(text):
                self.filter(text)
                found = {layer["path"] for layer in layers if wanted(layer)}
                above = {path.rsplit(".", n)[0] for path in found for n in range(1, path.count(".") + 1)}
                expected = found | above | ({""} if found else set())
                self.assertEqual({row["link"][1:] for row in self.rows()}, expected)
                note = self.browser.js("return document.getElementById('strata-filter-note').textContent")
                self.assertEqual(note.split()[0], str(len(found)))
        self.filter("/(/")
        self.assertEqual(len(self.rows()), 11)
        self.assertEqual(self.browser.js(
            "return document.getElementById('strata-filter').getAttribute('aria-invalid')"), "true")
        self.filter("")
        self.assertEqual(len(self.rows()), 11)

    def test_links_lead_to_modules(self):
        for path in ["layer4.1.conv2", "fc", "layer1.0"]:
            with self.subTest(path):
                self.show(self.page_of(RESNET, SIZE, "--depth=1"), f"#{path}")
                self.settle()
                self.assertEqual(self.active(), path)
                self.assertTrue(self.browser.js("""
                    const row = document.querySelector('tr.active').getBoundingClientRect();
                    const box = document.getElementById('strata-scroller').getBoundingClientRect();
                    return row.top >= box.top && row.bottom <= box.bottom"""))
                self.assertEqual(self.browser.js(
                    "return document.querySelector('#strata-detail h2').textContent"), path)
        self.filter("fc")
        self.browser.js("location.hash = '#layer2.1.bn1'")
        self.settle()
        self.assertEqual(self.active(), "layer2.1.bn1")
        self.browser.js("location.hash = '#no.such%zz'")
        self.settle()
        self.assertEqual(self.active(), "layer2.1.bn1")
        self.press("collapse")
        self.browser.click("tbody:not(.spacer) tr:nth-child(2) .module")
        self.assertEqual(self.browser.js("return location.hash"), "#conv1")

    def test_the_keyboard_does_it_all(self):
        press = self.browser.press
        self.browser.js("document.getElementById('strata-table').focus()")
        for keys, path in [
            (["ArrowDown"] * 5, "layer1"), (["ArrowRight"], "layer1"), (["ArrowRight"], "layer1.0"),
            (["Enter", "ArrowDown"], "layer1.0.conv1"), (["ArrowLeft"], "layer1.0"),
            (["ArrowLeft"], "layer1.0"), (["ArrowDown"], "layer1.1"), ([" ", "ArrowDown"], "layer1.1.conv1"),
            (["ArrowUp"], "layer1.1"), (["End"], "fc"), (["Home"], ""), (["PageDown"], None), (["Home"], ""),
        ]:
            press(*keys)
            if path is not None:
                self.assertEqual(self.active(), path, keys)
        press("ArrowDown", "*")
        self.assertEqual([row["open"] for row in self.rows() if row["level"] == 2 and row["open"]],
                         ["true"] * 4)
        press("/", *"fc", "Enter")
        self.assertEqual(self.names(), ["ResNet", "fc"])
        self.assertEqual(self.active(), "fc")
        press("/", "Escape", "Enter")
        self.assertEqual(len(self.names()) > 11, True)

    def test_copies_rows(self):
        self.browser.cdp("Browser.grantPermissions",
                         permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        read = ("const done = arguments[arguments.length - 1];"
                "navigator.clipboard.readText().then(done, (error) => done(String(error)))")
        self.press("copy")
        self.settle()
        lines = self.browser.js_async(read).splitlines()
        self.assertEqual(lines[:4], [
            "| Module | Output shape | Params | MACs |",
            "| --- | --- | ---: | ---: |",
            "| ResNet | \\[1, 1000\\] | 11,689,512 | 1,814,073,344 |",
            "| \u2003conv1 (Conv2d) | \\[1, 64, 112, 112\\] | 9,408 | 118,013,952 |",
        ])
        self.assertEqual(len(lines), 2 + 11)
        self.browser.js("document.getElementById('strata-table').focus()")
        self.browser.press("ArrowDown")
        self.browser.press("ArrowDown", "ArrowDown", holding=["Shift"])
        self.assertEqual([row["name"] for row in self.rows() if row["selected"]], ["conv1", "bn1", "relu"])
        self.browser.press("c", holding=["Control"])
        self.settle()
        lines = self.browser.js_async(read).splitlines()
        self.assertEqual([line.split()[1] for line in lines[2:]], ["conv1", "bn1", "relu"])

    def test_details_tell_everything(self):
        self.browser.js("location.hash = '#layer1.0.bn1'")
        self.settle()
        text = self.browser.js("return document.getElementById('strata-detail').innerText")
        for part in ["layer1.0.bn1", "torch.nn.modules.batchnorm.BatchNorm2d", "[1, 64, 56, 56] float32",
                     "weight", "bias", "running_mean", "num_batches_tracked", "int64", "eps"]:
            self.assertIn(part, text)

    def test_unknown_is_no_zero(self):
        layers = json.loads(json.dumps(self.document["layers"]))
        del layers[1]["metrics"]["macs"]
        layers[2]["metrics"]["macs"] = {}
        self.show(html_pages.with_summary(self.page_of(RESNET, SIZE, "--depth=1"), layers=layers,
                                          totals={"params": 2**53 + 1, "macs": 0}))
        rows = self.rows()
        self.assertEqual([rows[1]["cells"][2], rows[2]["cells"][2]], ["?", "?"])
        self.header("MACs")
        self.assertEqual([row["cells"][2] for row in self.rows() if row["level"] == 2][-2:], ["?", "?"])
        text = self.browser.js("return document.getElementById('strata-totals').innerText")
        self.assertIn(f"{2**53 + 1:,}", text)

    def test_without_a_run(self):
        self.show(self.page_of(RESNET))
        self.assertEqual(self.names()[0], "ResNet")
        self.assertIn("not run", self.browser.js("return document.getElementById('strata-facts').innerText"))
        self.assertIn("macs", self.browser.js("return document.getElementById('strata-warnings').innerText"))


if __name__ == "__main__":
    unittest.main()
