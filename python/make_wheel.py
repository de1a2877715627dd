"""make_wheel.py OUTPUT PATCHELF TORCH_VERSION FILE...

Puts the wheel together: the Python package, the extension, the kernel, plugins,
the program, and the shared libraries that these need and that a machine need
not have. PyTorch's own are those of the installed torch. Where a file goes
follows from its name. The same input gives the same bytes.
"""

import base64
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

# Of the system, as every wheel takes them (PEP 600), and of PyTorch.
NOT_TAKEN = re.compile(
    r"^(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+)\.so\.\d+"
    r"|lib(torch|c10|gomp|shm|cudart|cupti).*)$")

# From where a file finds the others: the folder strata/lib, and PyTorch's.
RUN_PATHS = {
    "strata": "$ORIGIN/lib:$ORIGIN/../torch/lib",
    "strata/bin": "$ORIGIN/../lib",
    "strata/lib": "$ORIGIN",
    "strata/lib/strata/plugins": "$ORIGIN/../..:$ORIGIN/../../../../torch/lib",
}

METADATA = """Metadata-Version: 2.1
Name: strata
Version: {version}
Summary: What a PyTorch model is made of: layers, shapes, parameters, arithmetic, memory, time
Requires-Python: >={python}
Requires-Dist: torch=={torch}
License-File: LICENSE
"""

ENTRY_POINTS = """[console_scripts]
strata = strata.__main__:main
"""


def folder_of(file):
    """Where it stands in the wheel."""
    name = file.name
    if name == "_core.so" or file.suffix in (".py", ".pyi") or name == "py.typed":
        return "strata"
    if name == "libstrata.so":
        return "strata/lib"
    if file.suffix == ".so":
        return "strata/lib/strata/plugins"
    if name == "strata":
        return "strata/bin"
    return ""


def needed_libraries(files):
    """The paths of the shared libraries that they load, and those load, but for NOT_TAKEN."""
    found = {}
    for file in files:
        listed = subprocess.run(["ldd", file], check=True, stdout=subprocess.PIPE, text=True).stdout
        for name, path in re.findall(r"^\s*(\S+) => (/\S+)", listed, re.MULTILINE):
            if not NOT_TAKEN.match(name) and name != "libstrata.so":
                found[name] = pathlib.Path(path)
    return found


def place(files, root):
    """Copies them where they belong, with what they need. The files that are binaries."""
    binaries = []
    for file in files:
        folder = folder_of(file)
        if not folder:
            continue
        (root / folder).mkdir(parents=True, exist_ok=True)
        copy = root / folder / file.name
        shutil.copyfile(file, copy)
        is_binary = file.suffix == ".so" or folder == "strata/bin"
        copy.chmod(0o755 if is_binary else 0o644)
        if is_binary:
            binaries.append((file, copy))
    for name, path in sorted(needed_libraries([file for file, _ in binaries]).items()):
        copy = root / "strata/lib" / name
        shutil.copyfile(path.resolve(), copy)
        copy.chmod(0o755)
        binaries.append((path, copy))
    return [copy for _, copy in binaries]


def set_run_paths(patchelf, binaries, root):
    """So that they find one another, and not what else a machine has."""
    for binary in binaries:
        run_path = RUN_PATHS[str(binary.parent.relative_to(root))]
        subprocess.run([patchelf, "--set-rpath", run_path, binary], check=True)


def write_wheel(root, output, version, tag, license_file, torch_version):
    """The archive, with its list of contents."""
    info = root / f"strata-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(METADATA.format(
        version=version, python=".".join(map(str, sys.version_info[:2])), torch=torch_version))
    (info / "WHEEL").write_text(
        f"Wheel-Version: 1.0\nGenerator: strata\nRoot-Is-Purelib: false\nTag: {tag}\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    shutil.copyfile(license_file, info / "LICENSE")
    lines = []
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        def add(name, data, mode):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
        for file in sorted(root.rglob("*")):
            if file.is_dir():
                continue
            name, data = str(file.relative_to(root)), file.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}")
            add(name, data, 0o755 if file.stat().st_mode & 0o100 else 0o644)
        record = f"{info.name}/RECORD"
        add(record, "\n".join([*lines, f"{record},,", ""]).encode(), 0o644)


def main():
    """See the top of this file."""
    output, patchelf, torch_version, *names = sys.argv[1:]
    files = [pathlib.Path(name).absolute() for name in names]
    by_name = {file.name: file for file in files}
    version = re.search(r'^__version__ = "(.*)"$', by_name["__init__.py"].read_text(),
                        re.MULTILINE).group(1)
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        binaries = place(files, root)
        set_run_paths(patchelf, binaries, root)
        (root / "strata/_version.py").write_text(
            f'"""Written when the wheel was made."""\n\nTORCH = "{torch_version}"\n')
        write_wheel(root, output, version, f"{python}-{python}-{platform}",
                    by_name["LICENSE"], torch_version)


if __name__ == "__main__":
    main()
