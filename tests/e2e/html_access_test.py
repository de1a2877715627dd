"""The page for every reader: axe-core's checks, light and dark, a phone, paper."""

import re
import unittest
import zlib

import html_pages
import runner

RESNET = runner.TORCHVISION / "resnet18.scripted.pt"
SIZE = "--input_size=1x3x224x224"
TABS = ["treemap", "icicle", "depth", "graph"]

CHECK = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations.map(
  ({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + ' ' +
    (node.any[0]?.message ?? '')).join(' | ')}`)), (error) => done([String(error)]))"""

# Brightness of the page and of its text, from 0 to 255.
BRIGHTNESS = """
const sum = (color) => color.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3;
const style = getComputedStyle(document.body);
return [sum(style.backgroundColor), sum(style.color)]"""


class AccessTest(html_pages.PageTest):
    def show_resnet(self, *options, **parts):
        page = self.page_of(RESNET, SIZE, "--metrics=params,macs,memory", *options)
        self.show(html_pages.with_summary(page, **parts) if parts else page)

    def axe(self, where):
        self.browser.js(html_pages.AXE.read_text() + ";window.axe = axe")
        self.assertEqual(self.browser.js_async(CHECK), [], where)

    def test_axe_finds_nothing(self):
        edges = [{"from": i, "to": i + 1, "tensors": [{"shape": [1]}]} for i in range(10)]
        warnings = ["one", "two", "three", "four"]
        for width, height, mobile in [(1400, 900, False), (390, 844, True)]:
            for scheme in ["light", "dark"]:
                self.browser.resize(width, height, mobile=mobile)
                self.browser.prefer(scheme)
                self.show_resnet(edges=edges, warnings=warnings)
                for tab in TABS:
                    self.press(f"tab-{tab}")
                    self.axe(f"{width} {scheme} {tab}")
                self.browser.js("document.querySelector('.menu').open = true")
                self.browser.js("document.querySelectorAll('details').forEach((d) => d.open = true)")
                self.filter("conv")
                self.browser.js("location.hash = '#layer1.0.conv1'")
                self.settle()
                self.press("copy")
                self.axe(f"{width} {scheme} in use")

    def test_dark_where_the_reader_wants_it(self):
        self.show_resnet()
        page, text = self.browser.js(BRIGHTNESS)
        self.assertGreater(page, 220)
        self.assertLess(text, 60)
        self.browser.prefer("dark")
        page, text = self.browser.js(BRIGHTNESS)
        self.assertLess(page, 40)
        self.assertGreater(text, 200)

    def test_a_phone(self):
        for width in [320, 360, 390, 768, 1024]:
            self.browser.resize(width, 800, mobile=width < 700)
            self.show_resnet()
            for tab in TABS:
                self.press(f"tab-{tab}")
                with self.subTest(f"{width} {tab}"):
                    self.assertLessEqual(self.browser.js("return document.documentElement.scrollWidth"), width)
        self.browser.resize(390, 800, mobile=True)
        self.show_resnet()
        self.browser.js("document.querySelector('#strata-row-1').click()")
        self.assertEqual(self.browser.js("""
            const box = document.getElementById('strata-details').getBoundingClientRect();
            return [Math.round(box.bottom), box.height < 400]"""), [800, True])
        self.press("close-details")
        self.assertEqual(self.browser.js(
            "return document.getElementById('strata-details').getBoundingClientRect().height"), 0)

    def test_paper_has_every_open_row(self):
        self.show_resnet()
        self.press("expand")
        self.browser.js("""
            window.addEventListener('beforeprint', () => {
              window.printed = document.querySelectorAll('#strata-table tbody:not(.spacer) tr').length })""")
        pdf = self.browser.print_to_pdf()
        self.assertTrue(pdf.startswith(b"%PDF-"))
        modules = len(runner.summary(RESNET, SIZE)["layers"])
        self.assertEqual(self.browser.js("return window.printed"), modules)
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        self.assertGreaterEqual(pages, 2)
        self.assertLess(pages, 8)
        # Text is drawn, not only boxes.
        streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
        drawn = b"".join(text for text in map(inflated, streams))
        self.assertGreater(drawn.count(b"Tj") + drawn.count(b"TJ"), modules)
        rows = self.browser.js("return document.querySelectorAll('#strata-table tbody:not(.spacer) tr').length")
        self.assertLess(rows, modules)


def inflated(stream):
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


if __name__ == "__main__":
    unittest.main()
