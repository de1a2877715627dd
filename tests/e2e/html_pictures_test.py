"""The page's pictures: areas, lengths and bars as the values are; the graph."""

import unittest

import html_pages
import runner

RESNET = runner.TORCHVISION / "resnet18.scripted.pt"
SIZE = "--input_size=1x3x224x224"

# The rectangles of a picture by the module's index.
PARTS = """
return [...document.querySelectorAll('#strata-picture .part')].map((part) => {
  const box = part.querySelector('rect:last-of-type');
  const [width, height, x] = ['width', 'height', 'x'].map((name) => Number(box.getAttribute(name)));
  return { index: Number(part.dataset.index), width, height, x, kind: part.getAttribute('class') };
})"""
BOXES = """
return [...document.querySelectorAll('#strata-picture .box')].map((box) => ({
  index: Number(box.dataset.index), lines: [...box.querySelectorAll('text')].map((t) => t.textContent),
  y: Number(box.querySelector('rect:last-of-type').getAttribute('y')),
}))"""
NOTE = "return document.getElementById('strata-picture-note').textContent"


def chain(document, container):
    """Edges as of modules that run one after the other, with a tensor each."""
    children = [layer["id"] for layer in document["layers"] if layer["parent"] == container]
    tensor = {"shape": [1, 8], "dtype": "float32"}
    steps = [container] + children
    return [{"from": a, "to": b, "tensors": [tensor]} for a, b in zip(steps, children + [container])]


class PicturesTest(html_pages.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = runner.summary(RESNET, SIZE)
        cls.by_path = {layer["path"]: layer for layer in cls.document["layers"]}

    def setUp(self):
        super().setUp()
        self.page = self.page_of(RESNET, SIZE, "--depth=1")
        self.show(self.page)

    def own(self, index, metric):
        return self.document["layers"][index]["metrics"][metric]["self"]

    def parts(self):
        return self.browser.js(PARTS)

    def show_picture(self, name, metric="params"):
        self.press(f"tab-{name}")
        self.choose("metric", metric)

    def test_treemap_areas(self):
        for metric in ["params", "macs"]:
            self.show_picture("treemap", metric)
            # Of each container, as its name takes room from all that is inside.
            scales = {}
            for part in self.parts():
                if "container" in part["kind"] or min(part["width"], part["height"]) < 20:
                    continue
                scale = part["width"] * part["height"] / self.own(part["index"], metric)
                scales.setdefault(self.document["layers"][part["index"]]["parent"], []).append(scale)
            self.assertGreater(sum(map(len, scales.values())), 7)
            for scale in scales.values():
                self.assertLess(max(scale), 1.15 * min(scale), metric)

    def test_flame_widths(self):
        for metric in ["params", "macs"]:
            self.show_picture("icicle", metric)
            parts = {part["index"]: part["width"] for part in self.parts()}
            total = self.document["totals"][metric]
            for path in ["layer1", "layer2", "layer3", "layer4", "layer4.1", "layer4.0.conv2"]:
                layer = self.by_path[path]
                expected = parts[0] * layer["metrics"][metric]["total"] / total
                self.assertAlmostEqual(parts[layer["id"]], expected, delta=1.5, msg=path)

    def test_bars_along_depth(self):
        self.show_picture("depth", "macs")
        bars = [part for part in self.parts() if "bar" in part["kind"]]
        expected = [layer["id"] for layer in self.document["layers"] if layer["metrics"]["macs"]["self"]]
        self.assertEqual([bar["index"] for bar in bars], expected)
        highest = max(bar["height"] for bar in bars)
        most = max(self.own(index, "macs") for index in expected)
        for bar in bars:
            self.assertAlmostEqual(bar["height"], max(1, highest * self.own(bar["index"], "macs") / most),
                                   delta=0.5)
        bands = [part for part in self.parts() if "band" in part["kind"]]
        self.assertEqual([self.document["layers"][band["index"]]["path"] for band in bands],
                         ["conv1", "layer1", "layer2", "layer3", "layer4", "fc"])

    def test_a_click_goes_to_the_row(self):
        conv = self.by_path["layer4.0.conv2"]["id"]
        for name in ["treemap", "icicle", "depth"]:
            with self.subTest(name):
                self.show(self.page)
                self.show_picture(name)
                self.browser.js("""
                    document.querySelector(`#strata-picture [data-index="${arguments[0]}"] rect`)
                        .dispatchEvent(new MouseEvent('click', { bubbles: true }))""", conv)
                self.assertEqual(self.active(), "layer4.0.conv2")
                self.assertIn("downsample", self.names())

    def test_the_inside_of_a_container(self):
        self.show_picture("icicle")
        self.browser.js("location.hash = '#layer4.1'")
        self.settle()
        self.browser.click(".actions button")
        inside = {self.document["layers"][part["index"]]["path"] for part in self.parts()}
        self.assertEqual(inside - {"layer4.1.bn1", "layer4.1.bn2"},
                         {"layer4.1", "layer4.1.conv1", "layer4.1.conv2"})
        crumbs = "return document.getElementById('strata-crumbs').innerText.split('\\n')"
        self.assertEqual(self.browser.js(crumbs), ["ResNet", "layer4", "1"])
        self.browser.click("#strata-crumbs li:first-child button")
        self.assertEqual(self.browser.js(crumbs), ["ResNet"])

    def test_a_peak_has_no_parts(self):
        self.show(self.page_of(RESNET, SIZE, "--metrics=params,memory"))
        self.show_picture("treemap", "peak_bytes")
        self.assertEqual(self.parts(), [])
        self.show_picture("depth", "peak_bytes")
        self.assertGreater(len(self.parts()), 20)

    def test_unknown_values_are_told(self):
        layers = [{**layer, "metrics": {**layer["metrics"], "macs": {}}} if layer["type"] == "Conv2d"
                  else layer for layer in self.document["layers"]]
        self.show(html_pages.with_summary(self.page, layers=layers))
        self.show_picture("treemap", "macs")
        convolutions = sum(layer["type"] == "Conv2d" for layer in layers)
        self.assertIn(f"{convolutions} modules have no known value", self.browser.js(NOTE))

    def test_graph_without_edges(self):
        self.show(html_pages.with_summary(self.page, edges=[]))
        self.press("tab-graph")
        boxes = self.browser.js(BOXES)
        self.assertEqual([box["lines"][0] for box in boxes],
                         ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4",
                          "avgpool", "fc"])
        self.assertEqual([box["y"] for box in boxes], sorted(box["y"] for box in boxes))
        self.assertIn("does not say what feeds what in here", self.browser.js(NOTE))
        self.assertEqual(self.browser.js("return document.querySelectorAll('[marker-end]').length"), 0)

    def test_graph_of_the_opened_container(self):
        edges = chain(self.document, 0)
        inner = [self.by_path[f"layer1.0.{name}"]["id"]
                 for name in ["conv1", "bn1", "relu", "conv2", "bn2"]]
        edges += [{"from": a, "to": b} for a, b in zip(inner, inner[1:])]
        edges += [{"from": self.by_path["maxpool"]["id"], "to": inner[0]},
                  {"from": inner[-1], "to": inner[2]},
                  {"from": inner[2], "to": self.by_path["layer1.1.conv1"]["id"]},
                  # Past all that is inside, by the block's own code; and its own input.
                  {"from": self.by_path["maxpool"]["id"], "to": self.by_path["layer1.0"]["id"],
                   "output": True, "operators": ["add"]},
                  {"from": self.by_path["maxpool"]["id"], "to": self.by_path["layer1.0"]["id"]}]
        self.show(html_pages.with_summary(self.page, edges=edges))
        self.press("tab-graph")
        self.assertEqual(len(self.browser.js(BOXES)), 10)
        links = "return document.querySelectorAll('#strata-picture path.link').length"
        # The children in a row, from the input to the output; what is inside one is not drawn.
        self.assertEqual(self.browser.js(links), 11)
        self.assertEqual(self.browser.js("return [...document.querySelectorAll('.end')].map("
                                         "(end) => end.textContent)"), ["input", "output"])
        # By keyboard: to layer1, into it, into its first block.
        self.browser.js("document.querySelector('#strata-picture .box').focus()")
        self.browser.press(*["ArrowDown"] * 4, "Enter")
        self.assertEqual([box["lines"][0] for box in self.browser.js(BOXES)], ["0 … 1"])
        self.browser.js("document.querySelector('#strata-picture .box').focus()")
        self.browser.press("Enter")
        self.browser.js("document.querySelector('#strata-picture .box').focus()")
        self.browser.press("Enter")
        boxes = self.browser.js(BOXES)
        self.assertEqual([box["lines"][0] for box in boxes], ["conv1", "bn1", "relu", "conv2", "bn2"])
        # Four in a row, relu again after bn2, the input, the output, and from one to the other.
        self.assertEqual(self.browser.js(links), 4 + 1 + 1 + 1 + 1)
        self.assertEqual(self.browser.js("return [...document.querySelectorAll('.on-link')].map("
                                         "(text) => text.textContent)"), ["add"])

    def test_repeats_are_folded_and_opened(self):
        layers = [html_pages.module(0, -1, "", "Net")]
        for i in range(12):
            layers.append(html_pages.module(len(layers), 0, f"h{i}", "Block"))
            layers.append(html_pages.module(len(layers), len(layers) - 1, f"h{i}.fc", "Linear"))
        layers.append(html_pages.module(len(layers), 0, "head", "Linear"))
        document = html_pages.summary_of(layers)
        for edges in [[], chain(document, 0)]:
            page = html_pages.with_summary(html_pages.write_page(document), edges=edges)
            self.show(page)
            self.press("tab-graph")
            boxes = self.browser.js(BOXES)
            self.assertEqual([box["lines"][-1] for box in boxes], ["×12", "Params ?"])
            self.browser.js("document.querySelector('#strata-picture .mark')"
                            ".dispatchEvent(new MouseEvent('click', { bubbles: true }))")
            self.assertEqual([box["lines"][0] for box in self.browser.js(BOXES)],
                             [f"h{i}" for i in range(12)] + ["head"])

    def test_what_is_not_a_repeat(self):
        # Two alike with another between them: a fold would make a knot.
        layers = [html_pages.module(0, -1, "", "Net"), html_pages.module(1, 0, "a", "Conv"),
                  html_pages.module(2, 0, "b", "Conv"), html_pages.module(3, 0, "relu", "ReLU")]
        edges = [{"from": a, "to": b} for a, b in [(0, 1), (1, 3), (3, 2), (2, 0)]]
        page = html_pages.write_page(html_pages.summary_of(layers))
        self.show(html_pages.with_summary(page, edges=edges))
        self.press("tab-graph")
        self.assertEqual([box["lines"][0] for box in self.browser.js(BOXES)], ["a", "b", "relu"])


if __name__ == "__main__":
    unittest.main()
