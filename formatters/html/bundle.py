"""Makes the page's parts: bundle.py OUT.cc page.html page.css SCRIPT... LICENSE...

The scripts are joined in the order of their imports, into one classic script in
strict mode: modules do not load from file:// URLs. Each library (*.min.js) stands
first, below the LICENSE of its folder. The page's policy gets the digests of the
style and the script, so that nothing else is ever run or applied.
"""

import base64
import hashlib
import pathlib
import re
import sys

IMPORT = re.compile(r"^import (\{[^}]*\}) from '\./(\w+)\.js';\n", re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
# A page with one of these could not be trusted with a model's names.
FORBIDDEN = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
MARKERS = ["{{title}}", "{{settings}}", "{{summary}}"]
NAMES = ["kBeforeTitle", "kBeforeSettings", "kBeforeSummary", "kAfterSummary"]


def in_order(modules):
    """Names of modules, each behind those that it imports."""
    ordered, under_way = [], set()

    def add(name):
        if name in ordered:
            return
        if name in under_way:
            sys.exit(f"bundle.py: {name} imports itself through others")
        under_way.add(name)
        for _, imported in IMPORT.findall(modules[name]):
            add(imported)
        ordered.append(name)

    for name in sorted(modules):
        add(name)
    return ordered


def check(name, text):
    for word in FORBIDDEN:
        if word in text:
            sys.exit(f"bundle.py: {name} has '{word}'")
    if re.search(r"</?script|<!--", text, re.IGNORECASE):
        sys.exit(f"bundle.py: {name} has text that a <script> element must not have")


def wrap(name, text):
    """The module as a constant `$name` that holds what it exports."""
    check(name, text)
    imports = "".join(f"const {names.replace(' as ', ': ')} = ${imported};\n"
                      for names, imported in IMPORT.findall(text))
    exports = ", ".join(exported for _, exported in EXPORT.findall(text))
    text = EXPORT.sub(r"\1", IMPORT.sub("", text))
    if re.search(r"^(?:export|import)\b", text, re.MULTILINE):
        sys.exit(f"bundle.py: {name}.js has an import or export in a form that is not known here")
    return f"const ${name} = (() => {{\n{imports}\n{text.strip()}\n\nreturn {{ {exports} }};\n}})();\n"


def bundle(modules, libraries):
    """One script of all modules; `libraries`: pairs of code and licence."""
    parts = ["'use strict';\n(() => {\n"]
    for code, licence in libraries:
        # `var` and UMD alike: the globals stay inside the function.
        code = re.sub(r"^//# sourceMappingURL=.*$", "", code, flags=re.MULTILINE)
        parts.append(f"/*!\n{licence.strip()}\n*/\n{code.strip()}\n")
    parts += [wrap(name, modules[name]) for name in in_order(modules)]
    parts.append("})();\n")
    return "\n".join(parts)


def digest(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def page(template, style, script):
    policy = "; ".join([
        "default-src 'none'",
        f"script-src {digest(script)}",
        f"style-src {digest(style)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ])
    for marker, text in [("{{policy}}", policy), ("{{style}}", style), ("{{script}}", script)]:
        before, found, after = template.partition(marker)
        if not found or marker in after:
            sys.exit(f"bundle.py: page.html needs {marker} once")
        template = before + text + after
    return template


def split(text):
    parts = []
    for marker in MARKERS:
        before, found, text = text.partition(marker)
        if not found or marker in text:
            sys.exit(f"bundle.py: page.html needs {marker} once")
        parts.append(before)
    return parts + [text]


def as_literal(text):
    lines = []
    for line in text.encode().splitlines(keepends=True):
        escaped = "".join(
            chr(c) if 32 <= c < 127 and chr(c) not in '"\\?' else f"\\{c:03o}" for c in line)
        lines.append(f'    "{escaped}"')
    return "\n".join(lines) or '    ""'


def main():
    out, *inputs = sys.argv[1:]
    texts = {pathlib.Path(name): pathlib.Path(name).read_text(encoding="utf-8") for name in inputs}
    modules = {path.stem: text for path, text in texts.items()
               if path.suffix == ".js" and not path.name.endswith(".min.js")}
    licences = {path.parent: text for path, text in texts.items() if path.name == "LICENSE"}
    libraries = [(text, licences[path.parent]) for path, text in texts.items()
                 if path.name.endswith(".min.js")]
    named = {path.name: text for path, text in texts.items()}
    whole = page(named["page.html"], named["page.css"], bundle(modules, libraries))
    with open(out, "w", encoding="utf-8") as stream:
        stream.write('// Made by bundle.py.\n#include "formatters/html/page_parts.h"\n\n')
        stream.write("namespace strata::formatters::html {\n\n")
        for name, part in zip(NAMES, split(whole)):
            stream.write(f"extern const absl::string_view {name} =\n{as_literal(part)};\n\n")
        stream.write("}  // namespace strata::formatters::html\n")


main()
