#!/usr/bin/env python3
"""How many of TVM's own test programs does tirade read, and write so that they read back the same?

    python tests/peers/tvm_programs.py BINARY CHECKOUT... [--out FOLDER]

CHECKOUT is the folder of TVM's sources at some version; its tests are read in place and nothing of
them is kept but what `--out` names. For every self-contained program (see extract.py): `check` accepts
it, `fmt` in both styles is a fixpoint, and `diff-ir` finds the result equal to the program. Programs
that their own file calls errors do not count; those for a vendor's GPU are counted apart.
"""

import argparse
import collections
import multiprocessing
import pathlib
import re
import subprocess
import sys
import tempfile

from extract import extract

FOLDERS = [
    "tests/python/tvmscript",
    "tests/python/s_tir",
    "tests/python/tirx",
    "tests/python/tirx-base",
    "tests/python/tirx-transform",
    "tests/python/tirx-analysis",
    "tests/python/tir-base",
    "tests/python/tir-analysis",
    "tests/python/tir-schedule",
    "tests/python/tir-transform",
    "tests/python/tir-usmp",
    "tests/python/dlight",
    "tests/python/meta_schedule",
    "tests/python/unittest",
]


def run(binary, *args):
    try:
        done = subprocess.run([binary, *args], capture_output=True, text=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return 124, "", "timeout"
    return done.returncode, done.stdout, done.stderr


def first_error(stderr):
    """The first error, without names and numbers, and in full."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error")] or lines
    full = errors[0] if errors else "no message"
    return re.sub(r"`[^`]*`", "`…`", full), full


def examine(job):
    """What is wrong with a program first: a kind, the message in general, and in full."""
    binary, path = job
    code, _, stderr = run(binary, "check", "--color", "never", str(path))
    if code != 0:
        return ("check", *first_error(stderr))
    for style in ("sugared", "explicit"):
        folder = path.parent / style
        folder.mkdir(exist_ok=True)
        out = folder / path.name
        code, text, stderr = run(binary, "fmt", "--style", style, "--color", "never", str(path))
        if code != 0:
            return (f"fmt {style}", *first_error(stderr))
        out.write_text(text)
        code, again, stderr = run(binary, "fmt", "--style", style, "--color", "never", str(out))
        if code != 0:
            return (f"read back {style}", *first_error(stderr))
        code, stdout, stderr = run(binary, "diff-ir", "--color", "never", str(path), str(out))
        if code != 0:
            return (f"differs {style}", *first_error(stdout + stderr))
        if again != text:
            return (f"not a fixpoint {style}", "", "")
    return ("good", "", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("checkouts", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, help="keep the programs here")
    parser.add_argument("--vendor", action="store_true", help="also those for a vendor's GPU")
    parser.add_argument("--filter", default="", help="only files whose path contains this")
    parser.add_argument("--extract-only", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=40, help="how many groups of failures to print")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for checkout in args.checkouts:
            measure(args, checkout, args.out or pathlib.Path(scratch))


def measure(args, checkout, out):
    folders = [folder for folder in FOLDERS if (checkout / folder).exists()]
    jobs = collections.defaultdict(list)
    for program in extract(checkout, folders):
        kind = "vendor" if program.vendor else "cpu"
        kind = "rejected" if program.must_fail else kind
        if args.filter not in str(program.file):
            continue
        folder = out / checkout.name / kind
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{program.file.stem}_{program.line}_{program.name}.py"
        path.write_text(program.text)
        jobs[kind].append((args.binary, path))
    if args.extract_only:
        return
    for kind in ["cpu", "vendor"] if args.vendor else ["cpu"]:
        with multiprocessing.Pool(args.jobs) as pool:
            results = list(zip(jobs[kind], pool.imap(examine, jobs[kind], chunksize=4)))
        report(args, f"{checkout.name} {kind}", results)


def report(args, title, results):
    total = max(len(results), 1)
    parsed = sum(kind != "check" for _, (kind, _, _) in results)
    good = sum(kind == "good" for _, (kind, _, _) in results)
    print(f"{title}: {len(results)} programs, {100 * parsed / total:.2f} % parse, {100 * good / total:.2f} % round-trip")
    groups = collections.defaultdict(list)
    for (_, path), (kind, general, full) in results:
        if kind != "good":
            groups[kind, general].append((path, full))
    for (kind, general), members in sorted(groups.items(), key=lambda g: -len(g[1]))[: args.show]:
        print(f"{len(members):5}  {kind}: {general}")
        for path, full in members[:3]:
            print(f"         {path.name}: {full[:150]}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
