#!/usr/bin/env python3
"""Does TVM read what `tirade fmt --dialect modern` writes as the program that was there before?

    python tests/peers/tvm_roundtrip.py BINARY PROGRAM.py...      (or folders of programs)

For every program: TVM parses the original and the formatted text, and compares the two by
structural equality. Programs that TVM itself does not accept do not count. Needs apache-tvm 0.27;
run by hand, or where such a venv is present. Exits with 1 if fewer than --at-least percent agree.
"""

import argparse
import collections
import multiprocessing
import pathlib
import subprocess
import sys


def parse(text):
    """What TVM makes of a script; its reader of text does not accept import lines."""
    from tvm.script import from_source

    lines = text.splitlines(keepends=True)
    body = [line for line in lines if not line.startswith(("from ", "import "))]
    return from_source("".join(body))


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:160] if lines else type(error).__name__


def mismatch(original, formatted):
    """The first difference of two programs, or None."""
    import tvm_ffi

    if tvm_ffi.structural_equal(original, formatted):
        return None
    paths = tvm_ffi.get_first_structural_mismatch(original, formatted)
    return "differs at " + str(paths[0])[:160] if paths else "differs"


def check(job):
    """The outcome for one program: its path, a kind, a detail."""
    binary, path, options = job
    try:
        original = parse(path.read_text())
    except Exception as error:  # whatever TVM throws
        return path, "not accepted by TVM", first_line(error)
    command = [binary, "fmt", "--dialect", "modern", *options, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return path, "not formatted", first_line(run.stderr)
    try:
        formatted = parse(run.stdout)
    except Exception as error:
        return path, "refused by TVM", first_line(error)
    difference = mismatch(original, formatted)
    return (path, "differs", difference) if difference else (path, "agrees", "")


def programs(paths):
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*.py") if p.name != "check.py")
        else:
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--style", choices=["sugared", "explicit"], default="sugared")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=20, help="how many failures to print")
    parser.add_argument("--at-least", type=float, default=99.0, metavar="PERCENT")
    args = parser.parse_args()
    jobs = [(args.binary, path, ["--style", args.style]) for path in programs(args.paths)]
    with multiprocessing.Pool(args.jobs) as pool:
        results = list(pool.imap(check, jobs, chunksize=8))
    counts = collections.Counter(kind for _, kind, _ in results)
    for kind, count in counts.most_common():
        print(f"{count:6}  {kind}")
    failures = [r for r in results if r[1] not in ("agrees", "not accepted by TVM")]
    for path, kind, detail in failures[: args.show]:
        print(f"{path.name}: {kind}: {detail}")
    counted = len(results) - counts["not accepted by TVM"]
    share = 100.0 * counts["agrees"] / max(counted, 1)
    print(f"{share:.2f} % of {counted} programs agree")
    sys.exit(0 if args.at_least <= share else 1)


if __name__ == "__main__":
    main()
