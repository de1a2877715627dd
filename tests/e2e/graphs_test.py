"""The formatters of graphs, over every model of tests/models, read by what they are for."""

import re
import subprocess
import unittest
import xml.etree.ElementTree

import corpus_test
import runner

SVG = "{http://www.w3.org/2000/svg}"
RESNET = runner.TORCHVISION / "resnet18.scripted.pt"


def graph(file, size, form, *options):
    return runner.run(file, f"--input_size={size}", f"--format={form}", *options)


def texts(svg):
    """What an SVG file has for people to read; fails where it is no XML."""
    root = xml.etree.ElementTree.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def by_graphviz(dot, form):
    """What Graphviz's own program makes of it."""
    return subprocess.run(["dot", f"-T{form}"], input=dot.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False)


class GraphsTest(unittest.TestCase):
    def for_each_model(self, form, check, models=None):
        def one(file, size):
            return file, graph(file, size, form, "--depth=4")

        for file, result in corpus_test.in_parallel(one, models or corpus_test.corpus()):
            with self.subTest(file.name):
                self.assertEqual((result.status, result.err), (0, ""))
                check(result.out)

    def test_graphviz_draws_every_model(self):
        def check(dot):
            drawn = by_graphviz(dot, "svg")
            self.assertEqual((drawn.returncode, drawn.stderr), (0, b""))
            self.assertIn("input", texts(drawn.stdout.decode()))

        self.for_each_model("dot", check)

    def test_svg_is_xml(self):
        def check(svg):
            self.assertIn("output", texts(svg))

        models = [case for case in corpus_test.corpus() if case[0].parent == runner.TORCHVISION]
        self.for_each_model("svg", check, models)

    def test_the_same_picture_each_time(self):
        pictures = {graph(RESNET, corpus_test.IMAGE, "svg", "--depth=6").out for _ in range(4)}
        self.assertEqual(len(pictures), 1)

    def test_mermaid_is_within_its_limits(self):
        def check(mermaid):
            lines = mermaid.splitlines()
            self.assertEqual(lines[0], "flowchart TB")
            self.assertLessEqual(len(mermaid), 50000)
            self.assertLessEqual(sum(" -->" in line for line in lines), 500)
            words = [line.split()[0] for line in lines]
            self.assertEqual(words.count("subgraph"), words.count("end"))

        self.for_each_model("mermaid", check)

    def test_a_residual_block(self):
        dot = graph(RESNET, corpus_test.IMAGE, "dot", "--columns=macs").out
        names = dict(re.findall(r'(n\d+) \[label="[^"\\]*\\n([^"\\]*)\\n', dot))
        found = {(names.get(begin), names.get(end), label) for begin, end, label in
                 re.findall(r'(n\d+) -> (n\d+) \[label="([^"]*)"', dot)}
        shape = "[1, 64, 56, 56]"
        for edge in [("layer1.0.conv1", "layer1.0.bn1", shape),
                     ("layer1.0.bn1", "layer1.0.relu", shape),
                     ("layer1.0.relu", "layer1.0.conv2", shape),
                     ("layer1.0.conv2", "layer1.0.bn2", shape),
                     ("layer1.0.bn2", "layer1.0.relu", shape + r"\nadd"),
                     ("maxpool", "layer1.0.relu", shape + r"\nadd"),
                     ("maxpool", "layer1.0.conv1", shape),
                     ("layer1.0.relu", "layer1.1.conv1", shape),
                     ("avgpool", "fc", r"[1, 512]\nflatten")]:
            self.assertIn(edge, found)
        self.assertIn(r'\nconv1\n[1, 64, 112, 112]\nMACs: 118,013,952"', dot)

    def test_the_ending_chooses(self):
        for ending, beginning in [("dot", "digraph"), ("gv", "digraph"),
                                  ("mmd", "flowchart"), ("svg", "<?xml")]:
            with self.subTest(ending), runner.tempfile.TemporaryDirectory() as folder:
                path = runner.pathlib.Path(folder) / f"graph.{ending}"
                result = runner.run(RESNET, f"--output={path}")
                self.assertEqual(result.status, 0, result.err)
                self.assertTrue(path.read_text().startswith(beginning))

    def test_the_viewers_files(self):
        metrics = runner.json.loads(graph(RESNET, corpus_test.IMAGE, "netron").out)["metrics"]
        values = {(item["kind"], item["target"], item["name"]): item["value"] for item in metrics}
        self.assertEqual(values["model", "", "macs"], 1814073344)
        self.assertEqual(values["node", "layer1.0.conv1", "MACs"], 64 * 64 * 9 * 56 * 56)
        explorer = runner.json.loads(graph(RESNET, corpus_test.IMAGE, "model_explorer").out)
        nodes = {node["id"]: node for node in explorer["graphs"][0]["nodes"]}
        self.assertEqual(nodes["layer1.0.relu"]["namespace"], "layer1/0")
        self.assertEqual({edge["sourceNodeId"] for edge in nodes["layer1.0.relu"]["incomingEdges"]},
                         {"layer1.0.bn1", "layer1.0.bn2", "maxpool"})
        data = runner.json.loads(
            graph(RESNET, corpus_test.IMAGE, "model_explorer_data", "--columns=params").out)
        results = data["ResNet"]["results"]
        self.assertLessEqual(set(results), set(nodes))
        self.assertEqual(sum(result["value"] for result in results.values()), 11689512)

    def test_columns_that_are_not_there(self):
        for form in ["dot", "mermaid", "svg", "model_explorer_data"]:
            result = graph(RESNET, corpus_test.IMAGE, form, "--columns=nothing")
            self.assertEqual(result.status, 2)


if __name__ == "__main__":
    unittest.main()
