#!/usr/bin/env python3
"""Are the programs that TVM's own tests call errors rejected, with the span at the right place?

    python tests/peers/tvm_errors.py BINARY CHECKOUT...

CHECKOUT is the folder of TVM's sources at some version. Its tests of error reports are functions
that are handed to `check_error` with the line of the error, or with None; each becomes a script of
its own. For every one `check` must end with a coded diagnostic, and where the test names the line,
one diagnostic must start on it (or on the one before, which is the tests' own tolerance). Programs inside
`pytest.raises` must be rejected, anywhere.
"""

import argparse
import ast
import json
import pathlib
import subprocess
import sys
import tempfile
import textwrap

from extract import extract
from tvm_programs import FOLDERS

HEADERS = {
    "modern": "import tvm\nfrom tvm.script import ir as I\nfrom tvm.script import tirx as T\n@T.prim_func(s_tir=True)\n",
    "classic": "import tvm\nfrom tvm import tir\nfrom tvm.script import ir as I\nfrom tvm.script import tir as T\n@T.prim_func\n",
}


def cases(path):
    """`(name, text, line)` for every call of `check_error` in a file; the line is within the text."""
    source = path.read_text()
    lines = source.splitlines()
    header = HEADERS["modern" if "tirx as T" in source else "classic"]
    definitions = {}
    calls = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            definitions.setdefault(node.name, []).append(node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check_error":
            calls.append(node)
    for call in calls:
        name, line = ast.unparse(call.args[0]), ast.literal_eval(call.args[1])
        before = [d for d in definitions.get(name, []) if d.lineno < call.lineno]
        if not before:
            continue
        node = before[-1]
        text = textwrap.dedent("\n".join(lines[node.lineno - 1 : node.end_lineno])) + "\n"
        start = header.count("\n")
        yield f"{path.stem}:{node.lineno}:{name}", header + text, None if line is None else line + start


def check(binary, text):
    """The exit code of `check` and its diagnostics as `(code, line)`."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(text)
        file.flush()
        command = [binary, "check", "--message-format", "json", file.name]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    found = []
    for line in (run.stdout + run.stderr).splitlines():
        if line.startswith("{"):
            message = json.loads(line)
            if message.get("level", "error") == "error":
                found.append((message["code"], message["line"]))
    return run.returncode, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("checkouts", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    failed = 0
    for checkout in args.checkouts:
        good = total = 0
        for path in sorted((checkout / "tests/python").rglob("test_*error_report*.py")):
            for name, text, line in cases(path):
                total += 1
                code, found = check(args.binary, text)
                near = line is None or any(at in (line - 1, line) for _, at in found)
                if code == 3 and found and near:
                    good += 1
                else:
                    print(f"{checkout.name} {name}: exit {code}, {found}, expected line {line}")
        rejected = programs = 0
        for program in extract(checkout, [f for f in FOLDERS if (checkout / f).exists()]):
            if program.must_fail and not program.vendor and "error_report" not in program.file.stem:
                programs += 1
                code, found = check(args.binary, program.text)
                if code == 3 and found:
                    rejected += 1
                else:
                    print(f"{checkout.name} {program.file.stem}:{program.line}:{program.name}: exit {code}")
        print(f"{checkout.name}: {good} of {total} errors at the right place, {rejected} of {programs} further programs rejected")
        failed += total - good + programs - rejected
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
