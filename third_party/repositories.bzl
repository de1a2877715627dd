"""What Strata is built against, for this workspace and for those that use it."""

load("//third_party:pkg_config.bzl", "boost_repository", "pkg_config_repository")

def strata_repositories():
    """Every dependency but LibTorch; all are what the system installed (see tools/setup)."""
    pkg_config_repository(
        name = "abseil",
        packages = [
            "absl_algorithm_container",
            "absl_cleanup",
            "absl_config",
            "absl_flags",
            "absl_flags_reflection",
            "absl_flat_hash_map",
            "absl_flat_hash_set",
            "absl_inlined_vector",
            "absl_span",
            "absl_status",
            "absl_statusor",
            "absl_str_format",
            "absl_strings",
            "absl_synchronization",
            "absl_time",
        ],
    )

    pkg_config_repository(
        name = "protobuf",
        packages = ["protobuf"],
    )

    pkg_config_repository(
        name = "googletest",
        packages = [
            "gtest",
            "gmock",
        ],
    )

    pkg_config_repository(
        name = "gtest_main",
        packages = ["gmock_main"],
    )

    pkg_config_repository(
        name = "libelf",
        packages = ["libelf"],
    )

    pkg_config_repository(
        name = "libzip",
        packages = ["libzip"],
    )

    pkg_config_repository(
        name = "nettle",
        packages = ["nettle"],
    )

    pkg_config_repository(
        name = "utf8proc",
        packages = ["libutf8proc"],
    )

    pkg_config_repository(
        name = "re2",
        packages = ["re2"],
    )

    pkg_config_repository(
        name = "benchmark",
        packages = ["benchmark"],
    )

    pkg_config_repository(
        name = "nlohmann_json",
        packages = ["nlohmann_json"],
    )
    pkg_config_repository(
        name = "simdjson",
        packages = ["simdjson"],
    )

    # Its layouts and output forms are libraries of their own, which it would else
    # look for in a list that only its package's script writes.
    pkg_config_repository(
        name = "graphviz",
        folder = "graphviz",
        folder_libraries = [
            "gvplugin_core",
            "gvplugin_dot_layout",
        ],
        packages = ["libgvc"],
    )

    boost_repository(name = "boost")
