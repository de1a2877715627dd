"""The Bazel rules of Strata: what makes a folder a plugin."""

def strata_proto_sources(name, src):
    """Generates C++ from a .proto with the system's protoc.

    A genrule, because the native proto rules differ from one Bazel to the next.
    """
    stem = src[:-len(".proto")]
    native.genrule(
        name = name,
        srcs = [src],
        outs = [stem + ".pb.cc", stem + ".pb.h"],
        cmd = "protoc --proto_path=. --proto_path=$(GENDIR) --cpp_out=$(GENDIR) $<",
    )

def strata_plugin(name, srcs, hdrs, deps = [], test_srcs = None, test_deps = [], test_data = [], test_size = "small", plugin_file = "plugin.cc", kernel = "//core:strata"):
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
    native.cc_binary(
        name = name + ".so",
        linkopts = [
            "-Wl,--version-script,$(location //tools:plugin.lds)",
            "-Wl,--no-undefined",
            # Never unloaded: see core/plugin_host.h.
            "-Wl,-z,nodelete",
        ],
        linkshared = True,
        visibility = ["//visibility:public"],
        deps = [
            ":" + name + "_entry",
            "//tools:plugin.lds",
        ],
    )
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
    native.sh_test(
        name = name + "_conformance_test",
        size = "small",
        srcs = ["//tests:plugin_conformance.sh"],
        args = [
            "$(location //tests:plugin_conformance)",
            "$(location :%s.so)" % name,
            name,
        ],
        data = [
            ":%s.so" % name,
            "//tests:plugin_conformance",
        ],
    )

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
