"""The repository @python_env: a Python for tests, with pinned packages.

Its PyTorch is that of @libtorch, so that there is one in the whole build.
"""

_BUILD = """# Made by //third_party:python_env.bzl
package(default_visibility = ["//visibility:public"])

exports_files(["python"])
"""

# The environment lies where it was made: its files are no inputs, and are not
# copied about.
_PYTHON = """#!/bin/sh
exec {python} "$@"
"""

def _run(ctx, arguments, what):
    result = ctx.execute(arguments, timeout = 1800)
    if result.return_code != 0:
        fail("%s failed: %s" % (what, (result.stderr or result.stdout).strip()))
    return result.stdout.strip()

def _torch_folder(ctx):
    """Where `import torch` is to find it, or None: LibTorch is there by itself."""
    for line in ctx.read(ctx.path(Label("@libtorch//:python.bzl"))).split("\n"):
        if line.startswith("TORCH_FOLDER = "):
            folder = line.split("\"")[1]
            return folder[:folder.rfind("/")] if ctx.path(folder + "/__init__.py").exists else None
    return None

def _python_env_impl(ctx):
    python = ctx.which("python3")
    if not python:
        fail("python_env: python3 is not installed")
    folder = _torch_folder(ctx)
    if folder:
        ctx.report_progress("bringing Python packages (about 100 MB)")
        _run(ctx, [python, "-m", "venv", "env"], "`python3 -m venv` (Debian's package python3-venv)")
        own = str(ctx.path("env/bin/python"))
        _run(
            ctx,
            [own, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", str(ctx.path(ctx.attr.requirements))],
            "`pip install -r %s`" % ctx.attr.requirements,
        )
        site = _run(ctx, [own, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], own)
        ctx.file(site + "/torch_of_bazel.pth", folder + "\n")
        ctx.file("python", _PYTHON.format(python = own))
    else:
        ctx.file("python", _PYTHON.format(python = "false"))
    ctx.file("BUILD", _BUILD)

python_env_repository = repository_rule(
    implementation = _python_env_impl,
    attrs = {"requirements": attr.label(mandatory = True, allow_single_file = True)},
    environ = ["PATH", "LIBTORCH"],
    doc = "Python with packages; see the top of this file.",
)
