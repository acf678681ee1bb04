#!/usr/bin/env python3
"""Emits C for every program of the project and of the operator corpus, and has it accepted by C compilers.

usage: strict_c.py BINARY [--only SUBSTRING] [--corpus DIR] [--jobs N] [--emit "OPTION..."]
gcc and clang compile with strict C99 and every warning an error, tcc accepts, g++ reads the header.
Prints what fails, then counts. Exit status 0 when nothing fails.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import shutil
import subprocess
import tempfile

STRICT = "-std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror".split()
ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILERS = {
    "gcc": ["gcc", *STRICT, "-O1", "-c", "-o", "gcc.o"],
    "clang": ["clang", *STRICT, "-O1", "-c", "-o", "clang.o"],
    "tcc": ["tcc", "-c", "-o", "tcc.o"],
}


def programs(corpus, only):
    folders = [ROOT / "examples", ROOT / "tests" / "corpus", corpus]
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.py"))]
    return [path for path in found if only in str(path) and path.name != "check.py"]


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stderr


def test(binary, path, emit):
    """The outcome for each step: True, or what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "emit-c", str(path), "-o", folder, "-q", "--message-format", "short", *emit]
        status, errors = run(command, folder)
        if status != 0:
            return {"emitted": False}, f"exit {status}: {errors.strip()[:300]}"
        result, why = {"emitted": True}, ""
        sources = sorted(p.name for p in pathlib.Path(folder).glob("*.c"))
        # Programs without a meaning are there to be compiled too, but may read what nobody wrote.
        undefined = ["-Wno-uninitialized"] if "# REPORT" in path.read_text() else []
        for name, compiler in COMPILERS.items():
            if shutil.which(compiler[0]) is None:
                continue
            for source in sources:
                status, errors = run([*compiler, *(undefined if name != "tcc" else []), source], folder)
                result[name] = result.get(name, True) and status == 0
                if status != 0:
                    lines = [line for line in errors.splitlines() if "error" in line or "warning" in line]
                    why += f"{name}: {(lines or [errors])[0]}\n"
        (pathlib.Path(folder) / "uses.cpp").write_text('#include "kernel.h"\nint main() { return 0; }\n')
        status, errors = run(["g++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "uses.cpp"], folder)
        result["g++ (header)"] = status == 0
        if status != 0:
            why += f"g++: {errors.splitlines()[0]}\n"
        return result, why


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    parser.add_argument("--corpus", type=pathlib.Path, default=ROOT / ".." / "shared" / "corpus")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--emit", default="", help="more options of emit-c")
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    paths = programs(args.corpus, args.only)
    good, tried, failed = collections.Counter(), collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        outcomes = pool.map(lambda path: test(binary, path, args.emit.split()), paths)
        for path, (result, why) in zip(paths, outcomes):
            tried.update(result.keys())
            good.update(step for step, fine in result.items() if fine)
            if why:
                print(f"{path.name}: {why.strip()}", flush=True)
            failed += any(not fine for step, fine in result.items() if step != "emitted")
    for step, count in tried.items():
        print(f"{step}: {good[step]} of {count}")
    raise SystemExit(failed != 0)


if __name__ == "__main__":
    main()
