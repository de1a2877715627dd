"""Archives that lie: sizes that no tensor has, modules inside of themselves."""

import json
import struct
import time
import unittest
import zipfile

import runner

# left.weight of two_inputs.pt in its data.pkl: 32 elements of storage 0, then
# offset 0, sizes (4, 8) and strides (8, 1).
WEIGHT = b"K\x20tQq\x0bK\x00(K\x04K\x08t(K\x08K\x01t"


def integer(value):
    """A pickled integer of 64 bits."""
    return b"\x8a\x08" + value.to_bytes(8, "little", signed=True)


def sizes_tuple(values):
    return b"(" + b"".join(integer(value) for value in values) + b"t"


def weight(elements=32, offset=0, sizes=(4, 8), strides=(8, 1)):
    """What stands in the place of WEIGHT."""
    return (integer(elements) + b"tQq\x0b" + integer(offset) + sizes_tuple(sizes)
            + sizes_tuple(strides))


def text(value):
    """A pickled string."""
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def module(name, memo, **attributes):
    """A pickled module object, which is known as `memo` from then on."""
    values = b"".join(text(key) + value for key, value in attributes.items())
    return b"c__torch__\n" + name.encode() + b"\n)\x81q" + bytes([memo]) + b"}(" + values + b"ub"


def known(memo):
    return b"h" + bytes([memo])


def module_class(name, attributes):
    """The code of a module class with these attributes, name to type."""
    lines = [f"class {name}(Module):", "  __parameters__ = []", "  __buffers__ = []"]
    lines += [f"  {key} : __torch__.{kind}" for key, kind in attributes.items()]
    lines += [f"  def forward(self: __torch__.{name},", "    x: Tensor) -> Tensor:",
              "    return torch.relu(x)", ""]
    return "\n".join(lines)


INTERFACE = """class Any(ModuleInterface):
  def forward(self,
    x: Tensor) -> Tensor:
    pass
"""


def tensor(storage, key, sizes, scale=None):
    """A pickled tensor of all of a storage, quantized where there is a scale."""
    count = 1
    strides = []
    for size in reversed(sizes):
        strides.insert(0, count)
        count *= size
    rebuild = b"_rebuild_tensor_v2" if scale is None else b"_rebuild_qtensor"
    quantizer = b"" if scale is None else (
        b"(ctorch\nper_tensor_affine\nG" + struct.pack(">d", scale) + b"K\x00t")
    return (b"ctorch._utils\n" + rebuild + b"\n((" + text("storage") + b"ctorch\n"
            + storage.encode() + b"Storage\n" + text(key) + text("cpu") + integer(count)
            + b"tQK\x00" + sizes_tuple(sizes) + sizes_tuple(strides) + quantizer
            + b"\x89ccollections\nOrderedDict\n)RtR")


def of_libtorch(kind, state):
    """A pickled object of one of LibTorch's classes."""
    return b"c__torch__.torch.classes." + kind.replace(".", "\n").encode() + b"\n)\x81" + state + b"b"


WEIGHT_4D = tensor("QInt8", "weight", (4, 2, 3, 3), 1.0)
SETTINGS = [2, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0]  # Stride, padding, dilation, …, groups, flags.
LINEAR_WEIGHT = tensor("QInt8", "weight", (8, 9), 1.0)


def conv(settings=tensor("Short", "settings", (11,)), weight=WEIGHT_4D, bias=b"N"):
    """The state of a packed convolution."""
    tensors = b"ctorch.jit._pickle\nbuild_tensorlist\n(](" + settings + weight + b"etR"
    return b"(" + text("2") + tensors + b"](" + bias + b"et"


class BadArchivesTest(runner.TempFolderTest):
    def write(self, name, records):
        with zipfile.ZipFile(self.folder / name, "w") as target:
            for record, content in records.items():
                target.writestr(record, content)

    def rewrite(self, name, ending, old, new):
        """Writes two_inputs.pt with one place of one record changed."""
        with zipfile.ZipFile(runner.SMALL / "two_inputs.pt") as source:
            records = {record: source.read(record) for record in source.namelist()}
        [record] = [record for record in records if record.endswith(ending)]
        self.assertEqual(records[record].count(old), 1)
        records[record] = records[record].replace(old, new)
        self.write(name, records)

    def refuses(self, name, *words):
        """Whether it runs or not, it is an error, at once, and nothing is written."""
        for more in ([], ["--input_size=2x8,2x8"]):
            begin = time.monotonic()
            result = runner.run(name, *more, "--output=out.json", cwd=self.folder)
            self.assertEqual(result.status, 1, result.err)
            self.assertEqual(result.out, "")
            for word in [f"strata: error: cannot load model ({name}): ", *words]:
                self.assertIn(word, result.err)
            self.assertLess(time.monotonic() - begin, 60)
            self.assertFalse((self.folder / "out.json").exists())

    def test_the_archive_that_is_changed_is_good(self):
        self.rewrite("same.pt", "data.pkl", WEIGHT, weight())
        totals = runner.summary("same.pt", "--input_size=2x8,2x8", cwd=self.folder)["totals"]
        self.assertEqual(totals["params"], 2 * (8 * 4 + 4))

    def test_tensors(self):
        big = 2**40
        for case, (changes, why) in {
            "negative size": ({"sizes": (-4, 8)}, "has a negative size: [-4, 8]"),
            "negative sizes": ({"sizes": (-4, -8)}, "has a negative size: [-4, -8]"),
            "overflow": ({"sizes": (big, big)}, "has more elements than 64 bits can count"),
            "overflow of an expanded one": ({"sizes": (big, big), "strides": (0, 0)},
                                            "has more elements than 64 bits can count"),
            "past the storage": ({"sizes": (400, 8)}, "reaches outside of its storage"),
            "negative stride": ({"strides": (-8, 1)}, "has a negative stride: [-8, 1]"),
            "stride past the storage": ({"strides": (9, 1)}, "reaches outside of its storage"),
            "stride that overflows": ({"strides": (2**62, 1)}, "reaches outside of its storage"),
            "negative offset": ({"offset": -1}, "has a negative storage offset: -1"),
            "offset past the storage": ({"offset": 1}, "reaches outside of its storage"),
            "offset that overflows": ({"offset": 2**63 - 1}, "reaches outside of its storage"),
            "ranks that differ": ({"strides": (8,)}, "has 2 sizes and 1 strides"),
            "storage past its record": ({"elements": 10**9, "sizes": (10**6, 8)},
                                        "has a storage of 1000000000 elements of 4 bytes, and its"
                                        " record in the file has 128 bytes"),
            "storage that overflows": ({"elements": 2**62},
                                       "has a storage of 4611686018427387904 elements"),
            "negative storage": ({"elements": -5}, "reaches outside of its storage"),
        }.items():
            with self.subTest(case):
                self.rewrite("bad.pt", "data.pkl", WEIGHT, weight(**changes))
                self.refuses("bad.pt", "the tensor 'left.weight' " + why)

    def test_sizes_that_forward_computes(self):
        call = b"torch.linear(input, weight, bias)"
        for code in ['torch.zeros([int(float("nan")), 3])', 'torch.zeros([int(float("inf"))])',
                     'torch.upsample_nearest1d(torch.unsqueeze(input, 0), None, [float("inf")])',
                     'torch.upsample_nearest1d(torch.unsqueeze(input, 0), None, [float("nan")])',
                     'torch.arange(float("inf"))', "torch.reshape(input, [-5])",
                     "torch.zeros([1073741824, 1073741824])",
                     "torch.repeat(input, [4294967296, 4294967296])"]:
            with self.subTest(code):
                self.rewrite("bad.pt", "/linear.py", call, code.encode())
                # A shape alone may be as large as it likes.
                result = runner.run("bad.pt", "--input_size=2x8,2x8", "--output=out.json",
                                    "--device=cpu", cwd=self.folder)
                self.assertEqual(result.status, 1, result.err)
                # Some ask for more memory than there is, the others for nonsense.
                self.assertRegex(result.err, r"cannot run model \(bad\.pt\): (forward raised|out of "
                                 r"memory on cpu) in 'left' \(Linear\), given \[2x8 float32\]: ")
                self.assertFalse((self.folder / "out.json").exists())

    def test_modules_inside_of_themselves(self):
        for case, (classes, root, why) in {
            "the root in itself": (
                module_class("Root", {"a": "Root"}), module("Root", 0, a=known(0)),
                "Unknown type name"),
            "a child that holds its parent": (
                module_class("Root", {"a": "A"}) + module_class("A", {"up": "Root"}),
                module("Root", 0, a=module("A", 1, up=known(0))), "Unknown type name"),
            "two that hold each other": (
                module_class("Root", {"a": "A"}) + module_class("A", {"b": "B"})
                + module_class("B", {"a": "A"}),
                module("Root", 0, a=module("A", 1, b=module("B", 2, a=known(1)))),
                "Unknown type name"),
            "the root in itself, as any module": (
                INTERFACE + module_class("Root", {"a": "Any"}), module("Root", 0, a=known(0)),
                "Expected Object"),
            "a child that holds its parent, as any module": (
                INTERFACE + module_class("A", {"up": "Any"}) + module_class("Root", {"a": "A"}),
                module("Root", 0, a=module("A", 1, up=known(0))), "Expected Object"),
        }.items():
            with self.subTest(case):
                self.write("bad.pt", {
                    "m/data.pkl": b"\x80\x02" + root + b".", "m/code/__torch__.py": classes,
                    "m/constants.pkl": b"\x80\x02).", "m/version": "3\n"})
                self.refuses("bad.pt", why)

    def test_a_module_without_such_things_is_good(self):
        self.write("good.pt", {
            "m/data.pkl": b"\x80\x02" + module("Root", 0, a=module("A", 1)) + b".",
            "m/code/__torch__.py": module_class("A", {}) + module_class("Root", {"a": "A"}),
            "m/constants.pkl": b"\x80\x02).", "m/version": "3\n"})
        layers = runner.summary("good.pt", "--input_size=2x3", cwd=self.folder)["layers"]
        self.assertEqual([layer["path"] for layer in layers], ["", "a"])

    def write_packed(self, kind, state, settings=tuple(SETTINGS)):
        """Writes a module with one packed object."""
        code = "\n".join([
            "class Root(Module):", "  __parameters__ = []", "  __buffers__ = []",
            f"  packed : __torch__.torch.classes.{kind}",
            "  def forward(self: __torch__.Root,", "    x: Tensor) -> Tensor:",
            "    packed = self.packed",
            "    return torch.relu(x)", ""])
        self.write("packed.pt", {
            "m/data.pkl": b"\x80\x02" + module("Root", 0, packed=of_libtorch(kind, state)) + b".",
            "m/data/settings": struct.pack("<11h", *settings), "m/data/weight": bytes(72),
            "m/code/__torch__.py": code, "m/code/__torch__/torch/classes/quantized.py": "",
            "m/constants.pkl": b"\x80\x02).", "m/version": "3\n"})

    def packed(self, device):
        return runner.run("packed.pt", "--input_size=1x2", f"--device={device}",
                          "--format=json", cwd=self.folder)

    def test_packed_weights_that_are_as_they_should_be(self):
        for kind, state in {
            "quantized.Conv2dPackedParamsBase": conv(),
            "quantized.LinearPackedParamsBase": b"(" + LINEAR_WEIGHT + b"Nt",
        }.items():
            self.write_packed(kind, state)
            for device in ("shape", "cpu"):
                with self.subTest(kind, device=device):
                    result = self.packed(device)
                    self.assertEqual(result.err, "")
                    document = json.loads(result.out)
                    self.assertEqual(document["run"]["device"], device)
                    self.assertEqual(document["totals"]["params"], 72)

    def test_packed_weights(self):
        conv2d = "quantized.Conv2dPackedParamsBase"
        linear = "quantized.LinearPackedParamsBase"

        def settings(place, value):
            return SETTINGS[:place] + [value] + SETTINGS[place + 1:]

        for case, (kind, state, values, why) in {
            "stride 0": (conv2d, conv(), settings(1, 0), "the stride of a convolution is 0"),
            "dilation 0": (conv2d, conv(), settings(5, 0), "the dilation of a convolution is 0"),
            "negative padding": (conv2d, conv(), settings(3, -1), "padding"),
            "no groups": (conv2d, conv(), settings(9, 0), "has 0 groups"),
            "3 groups of 4": (conv2d, conv(), settings(9, 3), "4 channels has 3 groups"),
            "float settings": (conv2d, conv(tensor("Float", "settings", (5,))), SETTINGS,
                               "are not 11 small integers"),
            "few settings": (conv2d, conv(tensor("Short", "settings", (10,))), SETTINGS,
                             "are not 11 small integers"),
            "a plain weight": (conv2d, conv(weight=tensor("Char", "weight", (4, 2, 3, 3))), SETTINGS,
                               "a packed weight is not quantized"),
            "a flat weight": (conv2d, conv(weight=LINEAR_WEIGHT), SETTINGS,
                              "weight of a convolution has 2 dimensions, and not 4"),
            "a number for a bias": (conv2d, conv(bias=b"K\x05"), SETTINGS, "has no tensor"),
            "a number for a state": (conv2d, b"K\x05", SETTINGS, "has 0 parts, and not 3"),
            "an empty state": (linear, b")", SETTINGS, "has 0 parts, and not 2"),
            "texts": (linear, b"(" + text("a") + text("b") + b"t", SETTINGS, "has no tensor"),
            "a deep weight": (linear, b"(" + WEIGHT_4D + b"Nt", SETTINGS,
                              "weight of a linear layer has 4 dimensions, and not 2"),
            "no weights": ("quantized.EmbeddingPackedParamsBase", b"(K\x01]]]t", SETTINGS,
                           "has 0 parts, and not 1"),
            "the wrong type": ("quantized.EmbeddingPackedParamsBase",
                               b"(K\x01](" + LINEAR_WEIGHT + b"e]](K\x08et", SETTINGS,
                               "neither quint8 nor quint4x2"),
            "no kind of cell": ("rnn.CellParamsBase", b"(K\x01]]]]t", SETTINGS,
                                "does not tell its kind"),
            "another kind of cell": ("rnn.CellParamsBase", b"(" + text("odd") + b"]]]]t", SETTINGS,
                                     ""),
        }.items():
            self.write_packed(kind, state, values)
            for device in ("shape", "cpu"):
                with self.subTest(case, device=device):
                    result = self.packed(device)
                    self.assertEqual(result.status, 1, result.err)
                    self.assertIn("strata: error: cannot load model (packed.pt): ", result.err)
                    self.assertIn(why, result.err)


if __name__ == "__main__":
    unittest.main()
