"""Exported programs (.pt2) that run: on the CPU, beside their shapes and TorchScript."""

import json
import re
import unittest
import zipfile

import runner
from exported_files import EXPORTED

RUN = runner.ROOT / "tests" / "models" / "run"
LIBRARY = runner.ROOT / "plugins/sources/torchscript/test_operators.so"
CPU = "--device=cpu"

# Files that cannot be run, and why.
NOT_RUN = {
    "compiled": "AOTInductor",
    "older": "weights are pickled",
    "tied_meta": "the file holds no weights",
}
# Those in which values decide what runs: shapes alone say another figure.
BY_VALUES = ("branches", "data_dependent", "loop")


def options_of(name):
    return ("--program=encoder",) if name == "several" else ()


def calls_of(layer):
    """Shapes and dtypes of what its calls were given and gave."""
    return [[(tensor["shape"], tensor["dtype"]) for tensor in call[part]]
            for call in layer["calls"] for part in ("inputs", "outputs")]


class ShapesTest(unittest.TestCase):
    """A run tells what the file says."""

    def compare(self, name, shapes, run):
        for total in ("params", "trainable_params", "macs", "input_bytes"):
            self.assertEqual(shapes["totals"].get(total), run["totals"].get(total), total)
        for there, here in zip(shapes["layers"], run["layers"]):
            place = f"{name}: {here['path']}"
            for key in ("path", "type", "parameters", "buffers"):
                self.assertEqual(there.get(key), here.get(key), place)
            self.assertEqual(calls_of(there), calls_of(here), place)
            for column in ("params", "macs"):
                for part in ("self", "total"):
                    self.assertEqual(there["metrics"][column].get(part),
                                     here["metrics"][column].get(part), f"{place} {column}")

    def test_all_files_that_can_run(self):
        compared = 0
        for file in sorted(EXPORTED.glob("*.pt2")):
            if file.stem in NOT_RUN:
                continue
            with self.subTest(file.stem):
                run = runner.summary(file, CPU, *options_of(file.stem))
                self.assertEqual(run["run"]["device"], "cpu")
                self.assertEqual(run["model"]["source"], "exported_run")
                if file.stem in BY_VALUES:
                    continue
                shapes = runner.summary(file, *options_of(file.stem))
                self.assertEqual(len(shapes["layers"]), len(run["layers"]))
                self.compare(file.stem, shapes, run)
                compared += 1
        self.assertGreater(compared, 40)

    def test_values_decide(self):
        # Ones: all six rows; a sum above 0: the cheap branch; three turns.
        for name, macs in (("data_dependent", 6 * 4 * 3), ("branches", 2 * 8 * 16),
                           ("loop", 3 * 2 * 8 * 8)):
            document = runner.summary(EXPORTED / f"{name}.pt2", CPU)
            self.assertEqual(document["totals"]["macs"], macs, name)
            self.assertNotRegex(" ".join(document.get("warnings", [])), "branch|often|data")
        layers = runner.summary(EXPORTED / "branches.pt2", CPU)
        self.assertEqual(len(runner.layer(layers, "cheap")["calls"]), 1)
        self.assertEqual(runner.layer(layers, "dear.0")["calls"], [])
        loop = runner.summary(EXPORTED / "loop.pt2", CPU)
        self.assertEqual(len(runner.layer(loop, "body")["calls"]), 3)

    def test_the_others_say_why_not(self):
        for name, words in NOT_RUN.items():
            result = runner.run(EXPORTED / f"{name}.pt2", CPU)
            self.assertEqual(result.status, 1, name)
            self.assertIn(words, result.err)
            self.assertEqual(result.out, "")
        self.assertIn("'embedding.weight'",
                      runner.run(EXPORTED / "tied_meta.pt2", CPU).err)

    def test_other_sizes(self):
        document = runner.summary(RUN / "sizes.pt2", CPU, "--input_size=6x20")
        self.assertEqual(calls_of(document["layers"][0])[0], [([6, 20], "float32")])
        (name,) = [size["name"] for size in runner.summary(EXPORTED / "dynamic.pt2")["run"]
                   ["open_sizes"]]
        document = runner.summary(EXPORTED / "dynamic.pt2", CPU, f"--dim={name}=8")
        self.assertEqual(calls_of(document["layers"][0])[0], [([8, 3, 32, 32], "float32")])
        for option, status, words in ((f"--dim={name}=65", 2, "2 to 64"),
                                      ("--input_size=8x3x33x32", 1, "fixed size 32")):
            result = runner.run(EXPORTED / "dynamic.pt2", CPU, option)
            self.assertEqual(result.status, status)
            self.assertIn(words, result.err)


class LibraryTest(runner.TempFolderTest):
    """What is loaded for a file."""

    def loaded(self, *arguments):
        log = self.folder / "log"
        runner.run(*arguments, env={"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": str(log)})
        return "".join(part.read_text() for part in self.folder.glob("log.*"))

    def test_libtorch_is_loaded_for_a_run_alone(self):
        for device in ([], ["--device=shape"]):
            self.assertNotIn("libtorch", self.loaded(EXPORTED / "cnn.pt2", *device))
        self.assertIn("libtorch", self.loaded(EXPORTED / "cnn.pt2", CPU))

    def test_without_the_plugin_the_error_names_it(self):
        strata = self.folder / "strata"
        strata.write_bytes(runner.STRATA.read_bytes())
        strata.chmod(0o755)
        plugins = self.folder / "plugins"
        plugins.mkdir()
        for name in ("exported_program", "macs", "params", "table"):
            (plugins / f"{name}.so").write_bytes(
                (runner.STRATA.parent / "plugins" / f"{name}.so").read_bytes())
        kernel = re.search(r"(/\S+)/libstrata\.so", self.loaded("--version"))[1]
        result = runner.run(EXPORTED / "cnn.pt2", CPU, f"--plugin_path={plugins}", program=strata,
                            env={"LD_LIBRARY_PATH": kernel})
        self.assertEqual(result.status, 1)
        self.assertIn("'exported_run', for the device 'cpu', is not there", result.err)


class TimedTest(runner.TempFolderTest):
    """Latency and memory, as of TorchScript."""

    def test_latency(self):
        document = runner.summary(RUN / "llama.pt2", CPU, "--metrics=latency,macs", "--runs=5",
                                  "--warmup=1")
        total = runner.values(document, "latency_us")
        own = runner.values(document, "latency_us", "self")
        self.assertGreater(total[""], 0)
        self.assertAlmostEqual(sum(own.values()) / total[""], 1, places=4)
        for layer in document["layers"]:
            if layer["calls"]:
                self.assertGreater(total[layer["path"]], 0, layer["path"])
        self.assertLess(total["layers.0.mlp"], total["layers.0"])
        timing = document["run"]["timing"]
        self.assertEqual((timing["warm_up_runs"], timing["counted_runs"]), (1, 5))
        self.assertGreater(timing["unwatched_us"], 0)
        self.assertEqual(document["layers"][0]["metrics"]["latency_calls"]["total"], 1)

    def test_without_a_device_latency_is_left_out(self):
        document = runner.summary(RUN / "llama.pt2", "--metrics=latency,params")
        self.assertRegex(" ".join(document["warnings"]),
                         "metric 'latency' is left out: it needs a real run.*--device=cpu")

    def test_memory_is_that_of_torchscript(self):
        # The same operators, each output freed after its last use.
        for name, size in (("cnn", "2x3x32x32"), ("recurrent", "2x7x6"), ("llama", "2x10:int64")):
            program = runner.summary(RUN / f"{name}.pt2", CPU, "--metrics=memory")
            script = runner.summary(RUN / f"{name}.pt", CPU, "--metrics=memory",
                                    f"--input_size={size}")
            for total in ("param_bytes", "activation_bytes", "peak_bytes",
                          "predicted_allocated_bytes"):
                self.assertGreater(program["totals"][total], 0)
                self.assertEqual(program["totals"][total], script["totals"][total],
                                 f"{name} {total}")

    def test_memory_by_the_file_alone(self):
        # Where operators take nothing for themselves, it is that of a run.
        for name in ("resnet50", "densenet121", "vit_b_16", "llama", "shared_weight"):
            told = runner.summary(EXPORTED / f"{name}.pt2", "--metrics=memory")
            run = runner.summary(EXPORTED / f"{name}.pt2", CPU, "--metrics=memory")
            for total in ("activation_bytes", "peak_bytes", "predicted_reserved_bytes"):
                self.assertGreater(told["totals"][total], 0)
                self.assertEqual(told["totals"][total], run["totals"][total], f"{name} {total}")
            self.assertRegex(" ".join(told["warnings"]), "take for themselves")
            self.assertNotIn("saved_bytes", told["totals"])

    def test_a_training_step_of_an_evaluation_is_not_told(self):
        document = runner.summary(EXPORTED / "cnn.pt2", CPU, "--metrics=memory")
        self.assertRegex(" ".join(document["warnings"]), "exported in evaluation mode")

    def test_saved_inputs(self):
        result = runner.run(RUN / "llama.pt2", CPU, "--inputs=no_such_file.pt")
        self.assertEqual(result.status, 1)
        self.assertIn("no such file", result.err)
        result = runner.run(EXPORTED / "cnn.pt2", "--inputs=x.pt")
        self.assertEqual(result.status, 1)
        self.assertIn("--device=cpu", result.err)
        result = runner.run(RUN / "llama.pt2", CPU, f"--inputs={RUN / 'llama.pt'}")
        self.assertEqual(result.status, 1)
        self.assertIn("it is a model", result.err)


class BadInputTest(runner.TempFolderTest):
    """What is wrong with a file is said, by name."""

    def write(self, name, edit=lambda member, content: content):
        file = self.folder / "m.pt2"
        with zipfile.ZipFile(RUN / f"{name}.pt2") as source, zipfile.ZipFile(file, "w") as target:
            for member in source.namelist():
                content = edit(member, source.read(member))
                if content is not None:
                    target.writestr(member, content)
        return file

    def replaced(self, name, old, new, member="models/model.json"):
        def edit(path, content):
            if not path.endswith(member):
                return content
            self.assertIn(old.encode(), content)
            return content.replace(old.encode(), new.encode())

        return self.write(name, edit)

    def refuse(self, file, *words, status=1, options=()):
        result = runner.run(file, CPU, *options)
        self.assertEqual(result.status, status, result.err)
        self.assertEqual(result.out, "")
        for word in words:
            self.assertIn(word, result.err)

    def test_operators(self):
        conv = "torch.ops.aten.conv2d.default"
        for old, new, *words in (
            (conv, "torch.ops.foreign.conv2d.default", "foreign::conv2d in 'conv1' (Conv2d)",
             "is none of this LibTorch", "--op_library=FILE.so"),
            (conv, "torch.ops.aten.conv2d.other", "aten::conv2d.other in 'conv1'"),
            (conv, "torch.ops.higher_order.flex_attention", "higher_order::flex_attention",
             "outside of Python"),
            (conv, "os.system", "os.system", "outside of Python"),
            ('"name": "stride"', '"name": "pace"', "takes no argument 'pace'"),
        ):
            with self.subTest(new):
                self.refuse(self.replaced("cnn", old, new), *words)

    def test_arguments(self):
        bias = '{"as_tensor": {"name": "p_conv1_bias"}}'
        for new, words in (
            ('{"as_custom_obj": {"name": "obj_1", "class_fqn": "a.B"}}',
             "as_custom_obj obj_1 a.B"),
            ('{"as_string": "x"}', "takes for 'bias' a Tensor?, and the file gives"),
            ('{"as_operator": "x"}', "the file gives as_operator"),
            ('{"as_float": "x"}', "as_float"),
        ):
            with self.subTest(new):
                self.refuse(self.replaced("cnn", f'"arg": {bias}', f'"arg": {new}'), words)

    def test_an_operator_that_raises_is_named_with_its_module(self):
        file = self.replaced("cnn", '"as_ints": [1, 1]', '"as_ints": [-1, -1]')
        self.refuse(file, "forward raised in 'conv1' (Conv2d), given [2x3x32x32 float32]")
        self.refuse(file, "'conv1' (Conv2d)", options=("--metrics=latency", "--runs=1"))

    def test_a_value_that_nothing_made(self):
        file = self.replaced("cnn", '"name": "self", "arg": {"as_tensor": {"name": "batch_norm"}}',
                             '"name": "self", "arg": {"as_tensor": {"name": "linear"}}')
        self.refuse(file, "a value that nothing made")

    def test_loops_without_values(self):
        self.refuse(self.replaced("loop", '"outputs": [{"as_tensor": {"name": "lt"}}], "nodes"',
                                  '"outputs": [{"as_int": 1}], "nodes"'),
                    "higher_order::while_loop in the model itself", "no condition")

    def test_weights(self):
        config = "model_weights_config.json"
        weight = "data/weights/weight_0"
        for file, *words in (
            (self.write("cnn", lambda m, c: None if m.endswith(weight) else c),
             "tensor 'conv1.weight'", "no member 'cnn/data/weights/weight_0'"),
        ):
            self.refuse(file, *words)
        self.refuse(self.write("cnn", lambda m, c: c[:100] if m.endswith(weight) else c),
                    "tensor 'conv1.weight': its record has 100 bytes")
        self.refuse(self.write("cnn", lambda m, c: b"" if m.endswith(weight) else c),
                    "tensor 'conv1.weight': the file holds no weights")
        for old, new, words in (
            ('"use_pickle": false', '"use_pickle": true', "its values are pickled"),
            ('"dtype": 7', '"dtype": 99', "its dtype"),
            ('{"as_int": 27}', '{"as_int": 4611686018427387904}', "its record has"),
            ('"conv1.weight"', '"conv0.weight"', "tensor 'conv1.weight': the file says nowhere"),
            ('"strides": [{', '"strides": [{"as_int": 1}, {', "sizes and strides differ"),
        ):
            with self.subTest(new):
                self.refuse(self.replaced("cnn", old, new, config), words)

    def test_a_packed_archive_runs(self):
        file = self.folder / "packed.pt2"
        with zipfile.ZipFile(RUN / "cnn.pt2") as source:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
                for member in source.namelist():
                    target.writestr(member, source.read(member))
        self.assertEqual(runner.summary(file, CPU)["run"]["device"], "cpu")

    def test_devices(self):
        for device, words in (("cuda:9", "cuda"), ("nothing", "nothing")):
            result = runner.run(EXPORTED / "cnn.pt2", f"--device={device}")
            self.assertEqual(result.status, 1)
            self.assertIn(words, result.err)

    def test_time_is_up(self):
        file = self.replaced("loop", '"as_int": 3', '"as_int": 3000000000')
        result = runner.run(file, CPU, "--timeout=1")
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, "not done after 1s")

    def test_operators_of_others(self):
        # Twice what comes in, in place of its rectified values.
        file = self.replaced("cnn", "torch.ops.aten.relu.default",
                             "torch.ops.strata_test.double.default")
        file.write_bytes(file.read_bytes())
        renamed = self.folder / "renamed.pt2"
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(renamed, "w") as target:
            for member in source.namelist():
                content = source.read(member)
                if member.endswith("models/model.json"):
                    program = json.loads(content)
                    for node in program["graph_module"]["graph"]["nodes"]:
                        if "strata_test" in node["target"]:
                            node["inputs"][0]["name"] = "x"
                    content = json.dumps(program)
                target.writestr(member, content)
        self.refuse(renamed, "strata_test::double", "--op_library=FILE.so")
        document = runner.summary(renamed, CPU, f"--op_library={LIBRARY}")
        self.assertEqual(calls_of(document["layers"][0])[1], [([2, 10], "float32")])
        self.assertTrue(re.fullmatch(r"\d+", str(document["totals"]["macs"])))


if __name__ == "__main__":
    unittest.main()
