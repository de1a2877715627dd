"""The repository @libtorch: found, or else brought.

Looked for in this order:
  1. the folder that the environment variable LIBTORCH names;
  2. the `torch` package of `python3`;
  3. the pinned CPU build, taken with `python3 -m pip download`, so that pip's
     own settings say from where.
"""

PINNED_VERSION = "2.13.0"

_VERSION_HEADERS = [
    "torch/headeronly/version.h",
    "torch/csrc/api/include/torch/version.h",
]

# Only these: the include folder of a torch package also holds an old Protobuf,
# fmt and pybind11, which would shadow ours.
_HEADER_FOLDERS = ["ATen", "c10", "caffe2", "torch"]

_BUILD = """# Made by //third_party:libtorch.bzl from {root}
package(default_visibility = ["//visibility:public"])

cc_library(
    name = "libtorch",
    hdrs = glob(["include/**/*.h", "include/**/*.hpp", "include/**/*.inl"]),
    includes = ["include"],
    # NDEBUG, debug builds too: at::RecordFunction has a member that exists
    # only without it, and the library was built with it.
    defines = [
        "NDEBUG",
        'STRATA_LIBTORCH_VERSION=\\\\"{version}\\\\"',
        'STRATA_LIBTORCH_ROOT=\\\\"{root}\\\\"',
    ],
    linkopts = [
        "-L{lib}",
        "-Wl,-rpath,{lib}",
        "-ltorch_cpu",
        "-lc10",
    ],
)

# With the C++ API (torch/nn, torch/optim). A target of its own: who does not
# need it keeps the command line that it had.
cc_library(
    name = "libtorch_api",
    includes = ["include/torch/csrc/api/include"],
    deps = [":libtorch"],
)
"""

def _layout(ctx, root):
    """What a LibTorch at `root` holds: a struct, or a string that says why not."""
    include = root + "/include"
    version_header = None
    for header in _VERSION_HEADERS:
        if ctx.path(include + "/" + header).exists:
            version_header = include + "/" + header
            break
    if not version_header:
        return "no include/%s in %s" % (_VERSION_HEADERS[0], root)
    for lib in ["/lib", "/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu"]:
        if ctx.path(root + lib + "/libtorch_cpu.so").exists:
            return struct(
                root = root,
                include = include,
                lib = root + lib,
                version = _version(ctx.read(version_header)),
            )
    return "headers but no lib/libtorch_cpu.so in " + root

def _version(header):
    numbers = {}
    for line in header.split("\n"):
        words = [w for w in line.split(" ") if w]
        if len(words) == 3 and words[0] == "#define" and words[1].startswith("TORCH_VERSION_"):
            numbers[words[1][len("TORCH_VERSION_"):]] = words[2]
    return ".".join([numbers.get(part, "?") for part in ["MAJOR", "MINOR", "PATCH"]])

def _python_package(ctx, python):
    """The folder of python3's torch package, or None. Does not import torch."""
    if not python:
        return None
    result = ctx.execute([
        python,
        "-c",
        "import importlib.util as u; s = u.find_spec('torch'); " +
        "print(list(s.submodule_search_locations)[0] if s else '')",
    ])
    return result.stdout.strip() if result.return_code == 0 else None

def _download(ctx, python):
    """Brings the pinned build; the folder it is in, or a string after 'error: '."""
    if not python:
        return "error: python3 is not installed"
    ctx.report_progress("bringing LibTorch %s (about 190 MB)" % PINNED_VERSION)
    result = ctx.execute([
        python,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--dest=download",
        "torch==" + PINNED_VERSION,
    ], timeout = 1800)
    if result.return_code != 0:
        return "error: `python3 -m pip download torch==%s` failed: %s" % (
            PINNED_VERSION,
            result.stderr.strip(),
        )
    wheel = ctx.path("download").readdir()[0]
    ctx.symlink(wheel, "torch.zip")  # Bazel knows an archive by its ending.
    ctx.extract("torch.zip", "wheel")
    ctx.delete("torch.zip")
    ctx.delete("download")
    root = str(ctx.path("wheel/torch"))
    if ctx.path(root + "/lib/libtorch_cuda.so").exists:
        return ("error: pip brought a CUDA build of torch, which needs NVIDIA's libraries; " +
                "point pip at PyTorch's CPU packages, or set LIBTORCH")
    return root

def _find(ctx):
    asked = ctx.os.environ.get("LIBTORCH", "")
    if asked:
        found = _layout(ctx, asked.rstrip("/") or "/")
        if type(found) == "string":
            fail("LibTorch: the environment variable LIBTORCH is set to %s, but there is %s" % (asked, found))
        return found
    tried = ["1. LIBTORCH: not set"]
    python = ctx.which("python3")
    package = _python_package(ctx, python)
    if package:
        found = _layout(ctx, package)
        if type(found) != "string":
            return found
        tried.append("2. the torch package of %s: %s" % (python, found))
    else:
        tried.append("2. the torch package of python3: none installed (%s)" % (python or "no python3"))
    package = _download(ctx, python)
    found = package if package.startswith("error: ") else _layout(ctx, package)
    if type(found) == "string":
        tried.append("3. the pinned CPU build: " + found)
        fail("LibTorch was not found:\n  " + "\n  ".join(tried))
    return found

def _libtorch_impl(ctx):
    found = _find(ctx)
    for folder in _HEADER_FOLDERS:
        ctx.symlink(found.include + "/" + folder, "include/" + folder)
    ctx.file("BUILD", _BUILD.format(
        root = found.root,
        version = found.version,
        lib = found.lib,
    ))

libtorch_repository = repository_rule(
    implementation = _libtorch_impl,
    environ = ["LIBTORCH", "PATH"],
    doc = "LibTorch; see the top of this file for where it is looked for.",
)
