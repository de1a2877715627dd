"""Repositories over what the system installed.

Each makes one cc_library, named as the repository, from what `pkg-config` (or
a header's place) says. To build against a copy elsewhere, set PKG_CONFIG_PATH,
or give another repository with `--override_repository=NAME=DIR`.
"""

_BUILD = """# Made by //third_party:pkg_config.bzl from: {origin}
cc_library(
    name = "{name}",
    hdrs = glob(["include/**"]),
    includes = {includes},
    defines = {defines},
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
"""

# What a reader on another system has to look for.
_HINT = "; run tools/setup, or see CONTRIBUTING.md for the names of other systems"

def _write_build(ctx, origin, include_dirs, defines, linkopts):
    includes = []
    for i, path in enumerate(include_dirs):
        # Folders outside the compiler's own must be seen by Bazel.
        link = "include/%d" % i
        ctx.symlink(path, link)
        includes.append(link)
    ctx.file("BUILD", _BUILD.format(
        name = ctx.name,
        origin = origin,
        includes = repr(includes),
        defines = repr(defines),
        linkopts = repr(linkopts),
    ))

def _pkg_config_impl(ctx):
    tool = ctx.which("pkg-config")
    if not tool:
        fail("pkg-config is not installed" + _HINT)
    command = [tool, "--cflags", "--libs"] + ctx.attr.packages
    result = ctx.execute(command)
    if result.return_code != 0:
        fail("@%s: `%s` failed: %s%s" % (
            ctx.name,
            " ".join([str(c) for c in command]),
            result.stderr.strip(),
            _HINT,
        ))
    include_dirs = []
    defines = []

    # Bazel links with --no-as-needed: without this every program would load
    # all of Abseil's forty libraries at start.
    linkopts = ["-Wl,--push-state,--as-needed"]
    for flag in result.stdout.replace("\n", " ").split(" "):
        if flag.startswith("-I"):
            include_dirs.append(flag[2:])
        elif flag.startswith("-D"):
            defines.append(flag[2:])
        elif flag.startswith("-l") or flag.startswith("-L") or flag == "-pthread":
            linkopts.append(flag)
    if ctx.attr.folder:
        # Not where the linker and the loader look by themselves.
        libdir = ctx.execute([tool, "--variable=libdir", ctx.attr.packages[0]]).stdout.strip()
        folder = libdir + "/" + ctx.attr.folder
        linkopts += ["-L" + folder, "-Wl,-rpath," + folder]
        linkopts += ["-l" + library for library in ctx.attr.folder_libraries]
    include_dirs = [d for d in include_dirs if d != "/usr/include"]
    linkopts.append("-Wl,--pop-state")
    _write_build(ctx, " ".join(ctx.attr.packages), include_dirs, defines, linkopts)

pkg_config_repository = repository_rule(
    implementation = _pkg_config_impl,
    attrs = {
        "packages": attr.string_list(mandatory = True),
        "folder": attr.string(doc = "a folder of the first package, beside its library"),
        "folder_libraries": attr.string_list(doc = "libraries in that folder"),
    },
    environ = ["PKG_CONFIG_PATH"],
    doc = "A library for which the system has a .pc file.",
)

def _boost_impl(ctx):
    header = "boost/dll/shared_library.hpp"
    root = ctx.os.environ.get("BOOST_ROOT", "")
    for folder in [root + "/include", root, "/usr/include", "/usr/local/include"]:
        if folder.startswith("/") and ctx.path(folder + "/" + header).exists:
            dirs = [] if folder == "/usr/include" else [folder]

            # std::filesystem spares the link with boost_filesystem.
            _write_build(ctx, folder, dirs, ["BOOST_DLL_USE_STD_FS"], ["-ldl"])
            return
    fail("@%s: no %s under $BOOST_ROOT, /usr/include or /usr/local/include%s" % (
        ctx.name,
        header,
        _HINT,
    ))

boost_repository = repository_rule(
    implementation = _boost_impl,
    environ = ["BOOST_ROOT"],
    doc = "Boost's headers, which come without a .pc file.",
)
