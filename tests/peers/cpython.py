#!/usr/bin/env python3
"""Does the host language mean what Python means?

    python3 tests/peers/cpython.py BINARY [FILTER]

Runs every expression of `python/expressions.txt` and every program of `python/programs.txt` under
this Python (3.11 is the reference) and as a script of `tirade`, and compares what they print and
the class of the exception that ends them. What `tirade` refuses with a place (a construct that it
does not support) is counted apart. Run by hand. Exits with 1 if an output differs.
"""

import concurrent.futures
import contextlib
import io
import pathlib
import re
import subprocess
import sys
import warnings

ERROR = re.compile(r"<stdin>:(\d+):\d+: error\[(TIR\d+)\]: (.*)")
HERE = pathlib.Path(__file__).parent / "python"
EXPRESSION = "try:\n    print(repr(({})))\nexcept Exception as e:\n    print('!', type(e).__name__)\n"


def snippets():
    text = (HERE / "expressions.txt").read_text()
    pending = ""
    for line in text.splitlines()[1:]:
        pending += line
        try:
            compile("(" + pending + "\n)", "", "eval")
        except SyntaxError:
            pending += "\n"  # a string that goes on in the next line
            continue
        yield pending, EXPRESSION.format(pending)
        pending = ""
    for program in (HERE / "programs.txt").read_text().split("\n---\n"):
        yield program, program + "\n"


def python(script):
    """What CPython prints, and how the program ends."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(script, "script", "exec", dont_inherit=True), {"__name__": "__main__"})
        except BaseException as error:
            return out.getvalue(), type(error).__name__
    return out.getvalue(), ""


def tirade(binary, script):
    """The same for `tirade`, and the place of what it refuses."""
    command = [binary, "check", "--message-format", "short", "-"]
    run = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    errors, printed = [], []
    for line in run.stderr.splitlines():
        found = ERROR.fullmatch(line)
        errors.append(found.groups()) if found else printed.append(line)
    output = "".join(line + "\n" for line in printed)
    errors = [e for e in errors if e[1] != "TIR0331"]  # no function: that is right here
    if run.returncode not in (0, 3):
        return output, f"exit {run.returncode}", ""
    if not errors:
        return output, "", ""
    line, code, message = errors[0]
    name = message.split(":")[0].strip("`").split("` ")[0]
    refused = name[:1].islower() or " " in name
    return output, name, f"{code} in line {line}: {message}" if refused else ""


def compare(job):
    binary, source, script = job
    wanted = python(script)
    output, end, refused = tirade(binary, script)
    if (output, end) == wanted:
        return "agrees", source, ""
    if refused and wanted[0].startswith(output):
        return "refused", source, refused
    return "differs", source, f"python  {wanted}\n  tirade  {(output, end)} {refused}"


def main():
    warnings.simplefilter("ignore")
    binary, wanted = sys.argv[1], sys.argv[2] if 2 < len(sys.argv) else ""
    jobs = [(binary, source, script) for source, script in snippets() if wanted in source]
    counts = {"agrees": 0, "refused": 0, "differs": 0}
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for kind, source, detail in pool.map(compare, jobs, chunksize=8):
            counts[kind] += 1
            if kind != "agrees":
                print(f"{kind}: {source if len(source) < 300 else source[:300] + ' …'}\n  {detail}")
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    sys.exit(1 if counts["differs"] else 0)


if __name__ == "__main__":
    main()
