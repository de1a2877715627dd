"""A test of the Python package, as it is installed from the wheel."""

load("@libtorch//:python.bzl", "PYTHON_COMPATIBLE")

def python_test(name, src, size, data = []):
    """Runs pytest on a file, with the wheel in a folder of its own.

    Args:
      name: of the test.
      src: the file.
      size: as in sh_test.
      data: other files that it reads.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = ["python_test.sh"],
        args = [
            "$(location //python:make_wheel)",
            "$(location @python_env//:python)",
            "$(location %s)" % src,
        ],
        data = data + [
            src,
            "//python:make_wheel",
            "@python_env//:python",
        ],
        target_compatible_with = PYTHON_COMPATIBLE,
    )
