"""The Bazel rules of Strata: what makes a folder a plugin."""

def strata_proto_sources(name, src):
    """Generates C++ from a .proto with the system's protoc.

    A genrule, because the native proto rules differ from one Bazel to the next.
    """
    stem = src[:-len(".proto")]

    # Named as in this workspace, also where it is the repository of another.
    path = "%s/%s" % (native.package_name(), src)
    native.genrule(
        name = name,
        srcs = [src],
        outs = [stem + ".pb.cc", stem + ".pb.h"],
        cmd = "root=$<; root=$${root%%%s}; " % path +
              "protoc --proto_path=$${root:-.} --cpp_out=$(GENDIR)/$$root " + path,
    )

# Labels of ours, for rules that are used in another workspace, too.
_KERNEL = Label("//core:strata")
_LINKER_SCRIPT = str(Label("//tools:plugin.lds"))
_CONFORMANCE = str(Label("//tests:plugin_conformance"))
_CONFORMANCE_TEST = Label("//tests:plugin_conformance.sh")

def _plugin_library(name, deps, visibility):
    native.cc_binary(
        name = name + ".so",
        linkopts = [
            "-Wl,--version-script,$(location %s)" % _LINKER_SCRIPT,
            "-Wl,--no-undefined",
            # Never unloaded: see core/plugin_host.h.
            "-Wl,-z,nodelete",
        ],
        linkshared = True,
        visibility = visibility,
        deps = deps + [_LINKER_SCRIPT],
    )

def _conformance_test(name, kept_bytes = 0):
    native.sh_test(
        name = name + "_conformance_test",
        size = "small",
        srcs = [_CONFORMANCE_TEST],
        args = [
            "$(location %s)" % _CONFORMANCE,
            "$(location :%s.so)" % name,
            name,
            str(kept_bytes),
        ],
        data = [
            ":%s.so" % name,
            _CONFORMANCE,
        ],
    )

def strata_external_plugin(name, srcs, deps = [], visibility = None):
    """A plugin of anybody's: NAME.so, and NAME_conformance_test.

    Args:
      name: the plugin's name, as in its STRATA_..._PLUGIN macro.
      srcs: its code, the macro among it.
      deps: what it needs beside the kernel.
      visibility: of NAME.so.
    """
    native.cc_library(
        name = name + "_code",
        srcs = srcs,
        linkstatic = True,
        deps = [_KERNEL] + deps,
        alwayslink = True,
    )
    _plugin_library(name, [":%s_code" % name], visibility)
    _conformance_test(name)

def strata_plugin(name, srcs, hdrs, deps = [], test_srcs = None, test_deps = [], test_data = [], test_size = "small", plugin_file = "plugin.cc", kernel = "//core:strata", kept_bytes = 0):
    """Makes a folder a plugin: NAME.so, its unit test and its conformance test.

    Args:
      name: the plugin's name, which is the folder's.
      srcs: its code, without plugin_file.
      hdrs: its headers, for tests and for those who link it statically.
      deps: what it needs beside the kernel.
      test_srcs: its unit test; default NAME_test.cc.
      test_deps: what only the test needs.
      test_data: files that the test reads.
      test_size: of the unit test, as in cc_test.
      plugin_file: the file with the STRATA_..._PLUGIN macro.
      kept_bytes: what each use may keep, since a library that it needs does.
      kernel: what of the kernel `srcs` see: "//core:model" is enough for a source.
    """
    native.cc_library(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        linkstatic = True,
        visibility = ["//visibility:public"],
        deps = [kernel] + deps,
    )
    native.cc_library(
        name = name + "_entry",
        srcs = [plugin_file],
        linkstatic = True,
        visibility = ["//visibility:public"],
        deps = [
            ":" + name,
            "//core:strata",
        ],
        alwayslink = True,
    )
    _plugin_library(name, [":%s_entry" % name], ["//visibility:public"])
    native.cc_test(
        name = name + "_test",
        size = test_size,
        srcs = test_srcs or [name + "_test.cc"],
        data = test_data,
        deps = [
            ":" + name,
            ":" + name + "_entry",
            "//tests:testing",
            "@googletest",
            "@gtest_main",
        ] + test_deps,
    )
    _conformance_test(name, kept_bytes)

def _plugin_folder_impl(ctx):
    outputs = []
    for plugin in ctx.files.plugins:
        output = ctx.actions.declare_file(ctx.label.name + "/" + plugin.basename)
        ctx.actions.run_shell(
            inputs = [plugin],
            outputs = [output],
            arguments = [plugin.path, output.path],
            # A copy: a link would lead out of the folder that the host checks.
            command = "cp -f \"$1\" \"$2\"",
        )
        outputs.append(output)
    return [DefaultInfo(
        files = depset(outputs),
        runfiles = ctx.runfiles(files = outputs),
    )]

strata_plugin_folder = rule(
    implementation = _plugin_folder_impl,
    attrs = {"plugins": attr.label_list(allow_files = True)},
    doc = "Puts plugins into a folder of this name, as the program looks for them.",
)
