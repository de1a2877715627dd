"""Makes the screenshots of docs/images: python3 docs/make_screenshots.py [NAME...]

Run from the root of the repository, after `bazel build -c opt //tools:strata`, on a
machine with chromium and chromium-driver (tools/setup brings both). Names choose
some of the pictures; without any, all are made.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import browser  # noqa: E402  (found by the line above)

IMAGE = "--input_size=1x3x224x224"
RESNET = ["tests/models/torchvision/resnet50.scripted.pt", IMAGE]
VIT = ["tests/models/torchvision/vit_b_16.scripted.pt", IMAGE]
GPT = ["tests/models/small/gpt2.pt", "--input_size=2x16:int64"]
LARGEST = 300_000

CLICK = "document.getElementById('strata-{}').click();"
CHOOSE = ("(() => {{ const list = document.getElementById('strata-{}'); list.value = '{}';"
          "list.dispatchEvent(new Event('change')) }})();")
GO = "location.hash = '{}';"
OPEN = "document.querySelector('.actions button').click();"
UNFOCUS = "document.activeElement.blur();"

# Name: model and options, width, height, colours, what is done in the page.
PICTURES = {
    "html-resnet50": (RESNET + ["--depth=2"], 1360, 860, "light", [CHOOSE.format("metric", "macs")]),
    "html-resnet50-dark": (RESNET + ["--depth=2"], 1360, 860, "dark",
                           [CHOOSE.format("metric", "macs"), CLICK.format("tab-depth")]),
    "html-resnet50-phone": (RESNET + ["--depth=2"], 390, 844, "light", []),
    "html-vit": (VIT + ["--depth=4"], 1360, 860, "light",
                 [GO.format("encoder.layers.encoder_layer_0.mlp"), UNFOCUS]),
    "html-gpt2-graph": (GPT + ["--depth=4"], 1360, 860, "light",
                        [GO.format("transformer.h.0"), OPEN, CLICK.format("tab-graph"), UNFOCUS]),
}


def chunks(png):
    """Kind and content of each part of a PNG file."""
    at = 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        yield kind, png[at + 8:at + 8 + size]
        at += size + 12


def packed(png):
    """The picture, compressed as well as zlib can."""
    parts = list(chunks(png))
    pixels = zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT"))
    kept = [(b"IHDR", parts[0][1]), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return png[:8] + b"".join(struct.pack(">I", len(data)) + kind + data +
                              struct.pack(">I", zlib.crc32(kind + data)) for kind, data in kept)


def make(window, folder, name):
    command, width, height, scheme, steps = PICTURES[name]
    page = pathlib.Path(folder) / f"{name}.html"
    subprocess.run([ROOT / "bazel-bin" / "tools" / "strata", *command, f"--output={page}"],
                   cwd=ROOT, check=True)
    # A phone has more points for each pixel.
    window.resize(width, height, scale=2 if width < 500 else 1, mobile=width < 500)
    window.prefer(scheme)
    window.open(page.as_uri())
    for step in steps:
        window.js(step)
        window.js_async("setTimeout(arguments[arguments.length - 1], 150)")
    png = packed(window.screenshot())
    if len(png) > LARGEST:
        sys.exit(f"{name}: {len(png)} bytes are more than {LARGEST}")
    (ROOT / "docs" / "images" / f"{name}.png").write_bytes(png)
    print(f"docs/images/{name}.png: {len(png)} bytes")


def main():
    names = sys.argv[1:] or list(PICTURES)
    with tempfile.TemporaryDirectory() as folder, browser.Browser() as window:
        for name in names:
            make(window, folder, name)


main()
