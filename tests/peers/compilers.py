#!/usr/bin/env python3
"""Runs the test programs with every C compiler, at every level and under sanitizers, against the oracle.

usage: compilers.py BINARY [--corpus] [--only SUBSTRING] [--groups G,G] [--limit N] [--lanes LANE,LANE] [--jobs N]
Every bit counts; NaNs are equal to each other. Exit status 0 when nothing differs. Needs numpy.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import shutil
import tempfile

import programs

LANES = {
    "gcc-O0": ["--cc", "gcc", "--opt", "0"],
    "gcc-O1": ["--cc", "gcc", "--opt", "1"],
    "gcc-O2": ["--cc", "gcc", "--opt", "2"],
    "gcc-O3": ["--cc", "gcc", "--opt", "3"],
    "clang-O0": ["--cc", "clang", "--opt", "0"],
    "clang-O3": ["--cc", "clang", "--opt", "3"],
    "tcc": ["--cc", "tcc"],
    "gcc-sanitizers": ["--cc", "gcc", "--opt", "1", "--sanitize"],
    "clang-sanitizers": ["--cc", "clang", "--opt", "1", "--sanitize"],
}


def test(binary, program, lanes):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        expected = program.oracle(binary, folder)
        if isinstance(expected, str):
            return {"oracle": expected}
        result = {}
        for lane in lanes:
            found = program.run(binary, "run", folder, *LANES[lane])
            result[lane] = found if isinstance(found, str) else programs.difference(expected, found)
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--corpus", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--groups", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--lanes", default=",".join(LANES))
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    lanes = [lane for lane in args.lanes.split(",") if shutil.which(lane.split("-")[0])]
    chosen = programs.collect(args.corpus, args.only, args.groups, args.limit)
    good, tried = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        outcomes = pool.map(lambda program: test(binary, program, lanes), chosen)
        for program, result in zip(chosen, outcomes):
            for lane, why in result.items():
                tried[lane] += 1
                good[lane] += not why
                if why:
                    print(f"{program.name}: {lane}: {why}", flush=True)
    for lane in tried:
        print(f"{lane}: {good[lane]} of {tried[lane]}")
    raise SystemExit(good != tried)


if __name__ == "__main__":
    main()
