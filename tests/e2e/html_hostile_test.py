"""The page of models that mean harm, that are large, or that nest deep."""

import unittest

import html_pages

NAMES = [
    "<script>window.hit = 1</script>", "</script><script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>", "javascript:window.hit=1", "\" onclick=\"window.hit=1\" \"",
    "' autofocus onfocus='window.hit=1", "<!--", "-->", "<!--<script>", "]]>", "&lt;b&gt;", "${window.hit=1}",
    "{{summary}}", "{{script}}", "\u202eevil\u202c", "\u2066a\u2069", "\u200fx", "line\u2028end\u2029", "a\nb\tc",
    "\u0000nul", "x" * 10000, "層🔥", "a|b`c*d_e[f](g)", "__proto__", "constructor", "toString", "#%zz%", "../..",
    "strata-table", "%00",
]

RAN = """
return { hit: window.hit, images: document.images.length, scripts: document.scripts.length,
         handlers: document.querySelectorAll('[onclick],[onerror],[onfocus],[onload],iframe,object').length,
         links: [...document.links].every((link) => link.protocol === 'file:' && link.hash.startsWith('#')
                                          || link.getAttribute('href') === '#'),
         wide: document.documentElement.scrollWidth > innerWidth }"""


def hostile():
    layers = [html_pages.module(0, -1, "", NAMES[0])]
    for name in NAMES:
        layers.append({**html_pages.module(len(layers), 0, name, name), "name": name, "full_type": name,
                       "flags": [name, "shared"], "attributes": {name: name}, "shared_with": [name],
                       "metrics": {name: {"self": 1, "total": 1}},
                       "calls": [{"inputs": [{"shape": [1], "dtype": name}], "outputs": []}],
                       "parameters": [{"name": name, "shape": [1], "dtype": name, "shared_with": name}],
                       "buffers": [{"name": name, "shape": [1], "dtype": name}]})
    return {"model": {"name": NAMES[1], "source": NAMES[2], "file": NAMES[3]},
            "run": {"device": NAMES[0], "mode": NAMES[1], "inputs": [{"shape": [1], "dtype": NAMES[2]}],
                    "incomplete": True, "error": NAMES[1]},
            "columns": [{"id": name, "metric": name, "title": name, "unit": name} for name in [*NAMES[:6], "x" * 10000, "constructor"]],
            "layers": layers, "totals": {name: 1 for name in NAMES}, "warnings": NAMES}


def large(count, fan=50):
    """`count` modules of three levels, each with shapes, parameters and attributes."""
    layers = [html_pages.module(0, -1, "", "Net", {"params": {"self": 0, "total": count}})]
    while len(layers) < count:
        block = len(layers)
        layers.append(html_pages.module(block, 0, f"block{block}", "Block",
                                        {"params": {"self": 0, "total": fan}}))
        for i in range(min(fan, count - len(layers))):
            shape = {"shape": [1, 64, 56, 56], "dtype": "float32"}
            layers.append(html_pages.module(
                len(layers), block, f"block{block}.conv{i}", "Conv2d",
                {"params": {"self": i + 1, "total": i + 1}}, calls=[{"inputs": [shape], "outputs": [shape]}],
                parameters=[{"name": "weight", "shape": [64, 64, 3, 3], "dtype": "float32", "trainable": True}],
                attributes={"kernel_size": "[3, 3]", "stride": "[1, 1]"}))
    return html_pages.summary_of(layers)


class HostileTest(html_pages.PageTest):
    def check_nothing_ran(self, scripts=3):
        self.assertEqual(self.browser.js(RAN), {"hit": None, "images": 0, "scripts": scripts, "handlers": 0,
                                                "links": True, "wide": False})

    def test_names_stay_names(self):
        document = hostile()
        page = html_pages.write_page(document)
        self.assertEqual(page.lower().count("<script"), 3)
        self.assertEqual(page.lower().count("</script"), 3)
        self.assertEqual([layer["name"] for layer in html_pages.embedded(page)["layers"]][1:], NAMES)
        self.browser.resize(1400, 2400)
        self.show(page)
        self.check_nothing_ran()
        for tab in ["treemap", "icicle", "depth", "graph"]:
            with self.subTest(tab):
                self.press(f"tab-{tab}")
                self.check_nothing_ran()
        badges = self.browser.js("return [...document.querySelectorAll('td .badge')].map((b) => b.textContent)")
        self.assertEqual(set(badges), {"shared"})
        shown = [row["name"] for row in self.rows()]
        for name in ["<script>window.hit = 1</script>", "javascript:window.hit=1", "層🔥",
                     "\ufffdevil\ufffd", "line\ufffdend\ufffd", "a\ufffdb\ufffdc", "&lt;b&gt;"]:
            self.assertIn(name, shown)
        for index in range(1, len(NAMES) + 1):
            self.browser.js("document.getElementById('strata-row-' + arguments[0])?.click()", index)
            self.settle()
            with self.subTest(NAMES[index - 1][:40]):
                self.check_nothing_ran()
        for name in NAMES:
            self.filter(name[:50])
            self.check_nothing_ran()
        self.filter("")
        self.press("copy")

    def test_links_to_hostile_names(self):
        page = html_pages.write_page(hostile())
        self.browser.resize(1400, 2400)
        for name in ["javascript:window.hit=1", NAMES[1], "層🔥", "#%zz%", "strata-table", "__proto__"]:
            with self.subTest(name):
                self.show(page)
                self.show(page, self.link_to(name))
                self.settle()
                self.assertEqual(self.active(), name)
                self.check_nothing_ran()

    def test_the_policy_holds(self):
        self.show(html_pages.write_page(hostile()))
        blocked = self.browser.js_async("""
            const done = arguments[arguments.length - 1];
            const blocked = [];
            document.addEventListener('securitypolicyviolation', (e) => blocked.push(e.effectiveDirective));
            const script = document.createElement('script');
            script.textContent = 'window.hit = 1';
            const image = document.createElement('img');
            image.src = 'file:///nowhere.png';
            image.setAttribute('onerror', 'window.hit = 1');
            const style = document.createElement('style');
            style.textContent = 'body { display: none }';
            document.body.append(script, image, style);
            fetch('http://127.0.0.1:9/').catch(() => 0);
            setTimeout(() => done([window.hit ?? null, ...new Set(blocked)]), 300)""")
        hit, *directives = blocked
        self.assertIsNone(hit)
        self.assertLessEqual({"script-src-elem", "script-src-attr", "style-src-elem", "img-src", "connect-src"},
                             set(directives))
        # Those that were provoked.
        self.browser.messages()

    def test_a_large_model_opens_at_once(self):
        count = 10000
        page = html_pages.write_page(large(count))
        data = len(html_pages.SUMMARY.search(page).group(2))
        print(f"{count} modules: data {data} bytes, beside it {len(page) - data}")
        self.assertLess(len(page.encode()) - data, 300_000 + 200 * count)
        times = []
        for _ in range(3):
            self.show(page)
            times.append(self.browser.js("return performance.getEntriesByType('navigation')[0].domComplete"))
        print(f"{count} modules open in {min(times):.0f} ms")
        self.assertLess(min(times), 2000)
        self.press("expand")
        self.assertEqual(self.browser.js(
            "return document.getElementById('strata-table').getAttribute('aria-rowcount')"), str(count + 1))
        frames = self.browser.js_async("""
            const done = arguments[arguments.length - 1];
            const scroller = document.getElementById('strata-scroller');
            const times = [];
            const step = (i, before) => requestAnimationFrame((now) => {
              if (i > 0) times.push(now - before);
              if (i === 60) return done(times.sort((a, b) => a - b)[Math.floor(times.length * 0.9)]);
              scroller.scrollTop += 3000;
              step(i + 1, now);
            });
            step(0, 0)""")
        print(f"scrolling: nine of ten frames within {frames:.0f} ms")
        self.assertLess(frames, 200)
        self.assertLess(self.browser.js("return document.querySelectorAll('#strata-table tr').length"), 120)
        last = self.browser.js("""
            document.getElementById('strata-table').focus();
            return document.querySelectorAll('*').length""")
        self.assertLess(last, 20000)
        self.browser.press("End")
        self.assertEqual(self.active(), html_pages.embedded(page)["layers"][-1]["path"])
        self.filter("/conv49$/")
        self.assertIn(str(count // 51), self.browser.js(
            "return document.getElementById('strata-filter-note').textContent"))

    def test_many_children_in_one_container(self):
        layers = [html_pages.module(0, -1, "", "Net")]
        layers += [html_pages.module(i, 0, f"m{i}", f"Kind{i}") for i in range(1, 3000)]
        self.show(html_pages.write_page(html_pages.summary_of(layers)))
        self.press("tab-graph")
        self.assertIn("2,749 more modules are not drawn",
                      self.browser.js("return document.getElementById('strata-picture-note').textContent"))

    def test_a_deep_model(self):
        depth = 3000
        layers = [html_pages.module(i, i - 1, "" if i == 0 else f"inner{i}", "Nest",
                                    {"params": {"self": 1, "total": depth - i}}) for i in range(depth)]
        self.show(html_pages.write_page(html_pages.summary_of(layers)), f"#inner{depth - 1}")
        self.settle()
        self.assertEqual(self.active(), f"inner{depth - 1}")
        self.press("expand")
        for tab in ["icicle", "depth", "graph", "treemap"]:
            self.press(f"tab-{tab}")
        self.assertEqual(self.browser.js("return document.querySelectorAll('.part').length > 0"), True)
        self.assertFalse(self.browser.js(RAN)["wide"])

    def test_summaries_of_almost_nothing(self):
        for document in [{}, {"layers": [{}]}, {"layers": [{"parent": -1}, {"parent": 7}, {"parent": 1}],
                                                "columns": [{"id": "x", "title": "X"}]}]:
            self.show(html_pages.write_page(document) if document else html_pages.write_page({"totals": {}}))
            self.assertEqual(self.browser.js(RAN)["hit"], None)


if __name__ == "__main__":
    unittest.main()
