#!/usr/bin/env python3
"""Does tirade reject what TVM rejects? Programs with one fault each, made from valid ones.

    python tests/peers/tvm_mutants.py BINARY PROGRAM.py... [--count N] [--seed S]

One place of a program's syntax tree is changed: a name, an index, an argument, an operator, a
constant, a statement. TVM 0.27 and `tirade check` both read the result. Printed are the programs
that TVM rejects and tirade accepts, grouped by TVM's message, and the share of agreement.
"""

import argparse
import ast
import collections
import copy
import multiprocessing
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile

from tvm_roundtrip import first_line, parse, programs

DTYPES = ["float32", "int32", "int64", "float16", "bool", "uint8", "handle", "float33", ""]


def names_of(tree):
    return sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id not in ("T", "I", "tvm")})


def change_expression(node, names, rng):
    """Another expression in the place of `node`, or None."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in ("T", "I", "tvm"):
        return ast.Name(rng.choice([*names, node.id + "_x"]), ast.Load())
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.Constant(rng.choice([not node.value, 2, "x"]))
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return ast.Constant(rng.choice([node.value + 1, -node.value, float(node.value), str(node.value), None, 1 << 40]))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return ast.Constant(rng.choice(DTYPES) if node.value in DTYPES else rng.choice([node.value + "x", 3]))
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return ast.Constant(rng.choice([int(node.value) if abs(node.value) < 1e9 else 0, "x", True]))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "T":
        others = ["serial", "grid", "float32", "int8", "max", "evaluate", "Buffer", "sqrt", "reads", "Select", node.attr + "x"]
        return ast.Attribute(node.value, rng.choice(others), node.ctx)
    if isinstance(node, ast.Tuple) and node.elts and isinstance(node.ctx, ast.Load):
        elements = list(node.elts)
        if rng.random() < 0.5:
            del elements[rng.randrange(len(elements))]
        else:
            elements.insert(rng.randrange(len(elements) + 1), copy.deepcopy(rng.choice(elements)))
        return ast.Tuple(elements, node.ctx) if elements else None
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        call = copy.deepcopy(node)
        kind = rng.randrange(4)
        if kind == 0 and call.args:
            del call.args[rng.randrange(len(call.args))]
        elif kind == 1 and call.args:
            call.args.append(copy.deepcopy(rng.choice(call.args)))
        elif kind == 2 and len(call.args) > 1:
            call.args.reverse()
        elif call.keywords:
            keyword = rng.choice(call.keywords)
            keyword.arg = (keyword.arg or "") + "x"
        else:
            return None
        return call
    if isinstance(node, ast.BinOp):
        return ast.BinOp(node.left, rng.choice([ast.Add(), ast.Div(), ast.FloorDiv(), ast.MatMult(), ast.LShift(), ast.BitAnd()]), node.right)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return rng.choice([node.value, ast.Subscript(node, node.slice, node.ctx)])
    return None


class Changer(ast.NodeTransformer):
    """Changes the expression with a number; numbers are given in the order of the walk."""

    def __init__(self, target, names, rng):
        self.target, self.names, self.rng, self.at, self.done = target, names, rng, 0, None

    def visit(self, node):
        here = self.at
        self.at += 1
        if here == self.target and isinstance(node, ast.expr):
            changed = change_expression(node, self.names, self.rng)
            if changed is not None:
                self.done = getattr(node, "lineno", 0)
                return ast.copy_location(changed, node)
        return self.generic_visit(node)


def change_statement(tree, rng):
    """Deletes, doubles or moves one statement."""
    bodies = [n.body for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.For, ast.With, ast.If))]
    body = rng.choice(bodies)
    at = rng.randrange(len(body))
    kind = rng.randrange(3)
    if kind == 0 and len(body) > 1:
        del body[at]
    elif kind == 1:
        body.insert(at, copy.deepcopy(body[at]))
    elif len(body) > 1:
        other = rng.randrange(len(body))
        body[at], body[other] = body[other], body[at]


def mutant(text, seed):
    """A changed program, or None if it is the same."""
    rng = random.Random(seed)
    tree = ast.parse(text)
    before = ast.unparse(tree)
    if rng.random() < 0.25:
        change_statement(tree, rng)
    else:
        size = sum(1 for _ in ast.walk(tree))
        tree = Changer(rng.randrange(size), names_of(tree), rng).visit(tree)
    try:
        after = ast.unparse(ast.fix_missing_locations(tree))
        ast.parse(after)
    except (SyntaxError, ValueError, AttributeError):
        return None
    return None if after == before else after


def tvm_says(text):
    """The first line of TVM's error, or None. It runs in a process of its own, which may crash or hang."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        signal.alarm(10)
        said = ""
        try:
            parse(text)
        except BaseException as error:  # whatever TVM throws
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            told = [line for line in lines if line.startswith("error:")]
            said = (told or lines or [type(error).__name__])[0][:160]
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return said or (None if status == 0 else f"ended with status {status}")


def judge(job):
    binary, path, seed = job
    text = mutant(path.read_text(), seed)
    if text is None:
        return None
    refusal = tvm_says(text)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(text)
        file.flush()
        run = subprocess.run([binary, "check", "--color", "never", file.name], capture_output=True, text=True, check=False, timeout=60)
    ours = None if run.returncode == 0 else first_line(run.stderr)
    return path, seed, text, refusal, ours, run.returncode


def main():
    parse("@T.prim_func(s_tir=True)\ndef f(): T.evaluate(0)\n")  # imports TVM before the forks
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=pathlib.Path, help="keep the programs that only tirade accepts here")
    parser.add_argument("--stricter", action="store_true", help="also print what only tirade rejects")
    args = parser.parse_args()
    files = list(programs(args.paths))
    rng = random.Random(args.seed)
    jobs = [(args.binary, rng.choice(files), rng.randrange(1 << 30)) for _ in range(args.count)]
    counts = collections.Counter()
    groups = collections.defaultdict(list)
    stricter = collections.defaultdict(list)
    with multiprocessing.Pool(args.jobs) as pool:
        for result in pool.imap(judge, jobs, chunksize=4):
            if result is None:
                continue
            path, seed, text, theirs, ours, code = result
            if code not in (0, 3):
                counts[f"exit {code}"] += 1
            counts["both reject" if theirs and ours else "both accept" if not theirs and not ours else "only tirade rejects" if ours else "only tirade accepts"] += 1
            if theirs and not ours:
                groups[re.sub(r"[\d.]+|`[^`]*`|'[^']*'", "_", theirs)].append((path, seed, text))
            if ours and not theirs:
                stricter[re.sub(r"[\d.]+|`[^`]*`", "_", ours)].append((path, seed, ours))
    for kind, count in counts.most_common():
        print(f"{count:6}  {kind}")
    for message, members in sorted(groups.items(), key=lambda g: -len(g[1])):
        print(f"{len(members):5}  {message}")
        for path, seed, text in members[:3]:
            print(f"         {path.name} {seed}")
            if args.out:
                args.out.mkdir(parents=True, exist_ok=True)
                (args.out / f"{path.stem}_{seed}.py").write_text(text)
    if args.stricter:
        for message, members in sorted(stricter.items(), key=lambda g: -len(g[1])):
            print(f"{len(members):5}  only tirade: {message}: {members[0][0].name} {members[0][1]}")


if __name__ == "__main__":
    main()
