#!/usr/bin/env python3
"""Builds the emitted C for other machines, runs it under qemu, and holds it against the oracle, bit by bit.

usage: cross.py BINARY [--machines M,M] [--corpus] [--only SUBSTRING] [--groups G,G] [--limit N] [--jobs N]
machines: aarch64 riscv64 armhf s390x, and `host`. Machines whose tools are missing are skipped aloud.
Debian has them: gcc-aarch64-linux-gnu gcc-riscv64-linux-gnu gcc-arm-linux-gnueabihf gcc-s390x-linux-gnu qemu-user.
Programs that call math functions with a rounding error are counted apart: their bits are those of the C
library, and libraries differ between machines. Exit status 0 when nothing else differs. Needs numpy.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
import programs  # noqa: E402

MACHINES = {
    "host": ("gcc", [], "<"),
    "aarch64": ("aarch64-linux-gnu-gcc", ["qemu-aarch64"], "<"),
    "riscv64": ("riscv64-linux-gnu-gcc", ["qemu-riscv64"], "<"),
    "armhf": ("arm-linux-gnueabihf-gcc", ["qemu-arm"], "<"),
    "s390x": ("s390x-linux-gnu-gcc", ["qemu-s390x"], ">"),
}
# gcc on s390x computes floats in double under -std=c99, unless it is told not to.
OPTIONS = {"s390x": ["-fexcess-precision=fast"]}
# Functions of <math.h> that IEEE 754 or the C library defines exactly.
EXACT = {"sqrt", "floor", "ceil", "trunc", "nearbyint", "round", "rint", "fabs", "fma", "fmod", "copysign"}


class Skip(Exception):
    """This program cannot be run that way."""


def sizes_of(function, arrays, sets):
    """The values of scalars and sizes by name."""
    known = dict(setting.split("=", 1) for setting in sets)
    for param in function["params"]:
        if param["kind"] == "buffer":
            for extent, actual in zip(param["shape"], arrays[param["name"]].shape):
                if isinstance(extent, str) and extent.isidentifier():
                    known.setdefault(extent, str(actual))
    return known


def driver(function, before, header, known):
    """A C program that reads every buffer from `in.bin`, calls the entry, and writes them to `out.bin`."""
    lines, args, buffers = [], [], []
    for param in function["params"]:
        name = param["c_name"]
        if param["kind"] == "buffer":
            size = before[param["name"]].nbytes
            if param["bytes"] not in (None, size):
                raise Skip("memory with gaps")
            lines.append(f"  void *b{len(buffers)} = take(in, {size});")
            args += [f"({param['c_type']} *)b{len(buffers)}", str(size)]
            buffers.append((param, size))
        elif param["kind"] in ("scalar", "size"):
            value = known.get(param["name"])
            if value is None:
                raise Skip(f"the value of {name} is not given")
            value = {"true": "1", "false": "0"}.get(value, value)
            args.append(f"({param['c_type']})({value})")
        elif param["kind"] == "workspace":
            args += ["calloc(1 << 24, 1)", "1 << 24"]
        elif param["kind"] == "result":
            lines.append(f"  {param['c_type']} result = 0;")
            args.append("&result")
        else:
            raise Skip(f"a {param['kind']}")
    writes = "".join(f"  fwrite(b{i}, 1, {size}, out);\n" for i, (_, size) in enumerate(buffers))
    return f"""#include <stdio.h>
#include <stdlib.h>
#include "{header}"
static void *take(FILE *in, size_t size) {{
  void *p = malloc(size + 1);
  if (p == NULL || fread(p, 1, size, in) != size) exit(9);
  return p;
}}
int main(void) {{
  FILE *in = fopen("in.bin", "rb"), *out = fopen("out.bin", "wb");
  if (in == NULL || out == NULL) return 8;
{chr(10).join(lines)}
  const int32_t status = {function["checked"]}({", ".join(args)});
  if (status != 0) return 7;
{writes}  return fclose(out);
}}
"""


def prepare(binary, program, folder):
    """Emits C and a driver to `folder`; gives the manifest's function, all arrays before, and expected ones."""
    expected = program.oracle(binary, folder)
    if isinstance(expected, str):
        raise Skip(f"oracle: {expected}")
    command = [binary, "emit-c", str(program.path), "-o", str(folder / "c"), "-q", "--workspace", "static"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip(f"emit-c: {done.stderr[:200]}")
    manifest = json.loads((folder / "c" / "manifest.json").read_text())
    functions = {f["name"]: f for f in manifest["functions"]}
    function = functions[program.func] if program.func else functions.get("main", manifest["functions"][0])
    before = dict(program.arrays)
    for param in function["params"]:
        if param["kind"] == "buffer" and param["name"] not in before:
            if param["role"] == "inout":
                raise Skip("an array that is read and written, and not given")
            after = expected[param["name"]]
            before[param["name"]] = after if param["role"] == "in" else np.zeros_like(after)
    known = sizes_of(function, before, program.sets)
    (folder / "c" / "driver.c").write_text(driver(function, before, manifest["header"], known))
    return manifest, function, before, expected


def run_on(machine, folder, manifest, function, before, expected):
    """Empty if the machine gives the expected bits; else what differs."""
    compiler, emulator, order = MACHINES[machine]
    place = folder / "c"
    exact = re.search(r"^EXACT = (.*)$", (place / "Makefile").read_text(), re.M).group(1).split()
    sources = [*manifest["sources"], "driver.c"]
    program = f"./{machine}.bin"
    command = [compiler, "-O2", "-Wall", *exact, *OPTIONS.get(machine, []), "-static", "-o", program, *sources, "-lm"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    if done.returncode != 0:
        return f"does not compile: {done.stderr.splitlines()[0]}"
    swap = lambda array: array.astype(array.dtype.newbyteorder(order)).tobytes()  # noqa: E731
    buffers = [param["name"] for param in function["params"] if param["kind"] == "buffer"]
    (place / "in.bin").write_bytes(b"".join(swap(before[name]) for name in buffers))
    try:
        done = subprocess.run([*emulator, program], cwd=place, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        return "timeout"
    if done.returncode != 0:
        return f"exit {done.returncode}"
    data, at, found = (place / "out.bin").read_bytes(), 0, {}
    for name in buffers:
        want = expected[name]
        array = np.frombuffer(data[at:at + want.nbytes], dtype=want.dtype.newbyteorder(order))
        found[name] = array.astype(want.dtype).reshape(want.shape)
        at += want.nbytes
    return programs.difference({name: expected[name] for name in buffers}, found)


def inexact_math(folder):
    """The functions of <math.h> in the C that have a rounding error of their own."""
    code = re.sub(r"/\*.*?\*/", "", (folder / "c" / "kernel.c").read_text(), flags=re.S)
    if "#include <math.h>" not in code:
        return set()
    named = set(re.findall(r"(?<![A-Za-z0-9_])([a-z][a-z0-9]*)\(", code))
    known = "exp exp2 exp10 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh pow erf hypot cbrt ldexp nextafter lgamma tgamma"
    return {name for name in named if name in known.split() or name.rstrip("f") in known.split()}


def test(binary, program, machines):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            prepared = prepare(binary, program, folder)
        except Skip as why:
            return {}, str(why), set()
        results = {machine: run_on(machine, folder, *prepared) for machine in machines}
        return results, "", inexact_math(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--machines", default="aarch64,riscv64,armhf,s390x")
    parser.add_argument("--corpus", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--groups", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    machines = []
    for machine in args.machines.split(","):
        compiler, emulator, _ = MACHINES[machine]
        missing = [tool for tool in [compiler, *emulator] if shutil.which(tool) is None]
        if missing:
            print(f"{machine}: skipped, there is no {' '.join(missing)}")
        else:
            machines.append(machine)
    chosen = programs.collect(args.corpus, args.only, args.groups, args.limit)
    good, tried, by_library, failed = (collections.Counter() for _ in range(4))
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        outcomes = pool.map(lambda program: test(binary, program, machines), chosen)
        for program, (results, skipped, math) in zip(chosen, outcomes):
            if skipped:
                print(f"{program.name}: skipped: {skipped}", flush=True)
            for machine, why in results.items():
                tried[machine] += 1
                good[machine] += not why
                (by_library if math else failed)[machine] += bool(why)
                if why:
                    note = f" (the C library's {', '.join(sorted(math))})" if math else ""
                    print(f"{program.name}: {machine}: {why}{note}", flush=True)
    for machine in machines:
        line = f"{machine}: {good[machine]} of {tried[machine]} bit-identical"
        print(line + f", {by_library[machine]} differ by the C library, {failed[machine]} otherwise")
    raise SystemExit(sum(failed.values()) != 0)


if __name__ == "__main__":
    main()
