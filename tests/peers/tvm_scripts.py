#!/usr/bin/env python3
"""Do TVM's own tests of metaprogramming give the structure that TVM gives?

    python tests/peers/tvm_scripts.py BINARY TEST_FILE.py...

Each `test_*` function of the files becomes a script of its own: the statements of the file's top
level, the function, and a call of it, where every function that the test compares is kept. The
script is run by TVM and by `tirade fmt --dialect modern`; what the latter prints is parsed by TVM
and compared with what TVM kept, by structural equality. A test that expects an error agrees if the
script is rejected. What needs topi, numpy, a compiler or the text of a function does not count.
Needs apache-tvm 0.27; run by hand. Exits with 1 if fewer than --at-least percent agree.
"""

import argparse
import ast
import collections
import importlib.util
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile

# Tests that use these names are about something else than the structure of a script.
ELSEWHERE = {"topi", "np", "numpy", "compile", "build", "script", "from_source", "env", "__code__",
             "sys", "inspect", "getsource", "tvm_callback_verify"}
# Modules that scripts of `tirade` can import.
KNOWN = ("tvm", "math", "dataclasses", "functools", "itertools", "collections", "typing",
         "__future__")
UNKNOWN = ("tvm.testing", "tvm.s_tir.schedule.testing", "tvm.script.parser", "tvm.script.ir_builder",
           "tvm.tirx.exec", "tvm.contrib")
COMPARE = {"assert_structural_equal", "assert_structural_equal_ignore_global_symbol"}
KEEP = """
__kept = []
def __keep(*functions):
    __kept.extend(functions)
"""
COLLECT = """
def __named(function, name):
    return function.with_attr("global_symbol", name)
__functions = []
for __item in __kept:
    if isinstance(__item, tvm.IRModule):
        __functions.extend(__item[__name] for __name in __item.get_global_vars())
    else:
        __functions.append(__item)
mod = tvm.IRModule({f"kept_{i}": __named(f, f"kept_{i}") for i, f in enumerate(__functions)})
"""


class Rewrite(ast.NodeTransformer):
    """Replaces comparisons by keeping what is compared, and evaluator calls by a lambda."""

    def visit_Call(self, node):
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        if name in COMPARE:
            return ast.Call(ast.Name("__keep", ast.Load()), node.args[:2], [])
        if name == "_calc":
            return calculate(node)
        return node


def calculate(node):
    """`_calc("a + b", {"a": 1})` as `(lambda a: a + b)(1)`."""
    names, values = [], []
    for table in node.args[1:]:
        names += [ast.arg(key.value) for key in table.keys]
        values += table.values
    body = ast.parse(node.args[0].value, mode="eval").body
    args = ast.arguments(posonlyargs=[], args=names, kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Call(ast.Lambda(args, body), values, [])


def names_in(node):
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def expects_error(node):
    return any(name in ("raises", "check_error") for name in names_in(node))


def decorator_name(node):
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def cases(function):
    """The keyword arguments of each case of a parametrized test."""
    found = [{}]
    for decorator in function.decorator_list:
        if not decorator_name(decorator).endswith("parametrize"):
            continue
        keys = ast.literal_eval(decorator.args[0])
        keys = [k.strip() for k in keys.split(",")] if isinstance(keys, str) else list(keys)
        rows = decorator.args[1].elts
        values = [[row] if len(keys) == 1 else row.elts for row in rows]
        found = [{**f, **dict(zip(keys, row))} for f in found for row in values]
    return found


def is_import(statement):
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def readable(statement):
    """The part of an import that `tirade` has; None if there is none."""
    if isinstance(statement, ast.ImportFrom):
        module = statement.module or ""
        fits = module.split(".")[0] in KNOWN and not module.startswith(UNKNOWN)
        kept = [a for a in statement.names if a.name not in ("topi", "testing", "from_source")
                and a.name not in COMPARE]
        return ast.ImportFrom(module, kept, 0) if fits and kept else None
    kept = [a for a in statement.names
            if a.name.split(".")[0] in KNOWN and not a.name.startswith(UNKNOWN)]
    return ast.Import(kept) if kept else None


def scripts(path):
    """Name, kind and two texts, for TVM and for `tirade`, of each test of a file."""
    tree = ast.parse(path.read_text())
    common, tests = [], []
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test_"):
            tests.append(statement)
        elif isinstance(statement, ast.If) or isinstance(statement, ast.Expr):
            continue  # `if __name__ == …`, docstrings
        else:
            common.append(statement)
    defined = {s.name: s for s in common if isinstance(s, (ast.FunctionDef, ast.ClassDef))}
    for test in tests:
        used = reachable(test, defined)
        elsewhere = any(ELSEWHERE & set(names_in(node)) for node in used)
        for case in cases(test):
            name = test.name + ("[" + ",".join(map(ast.unparse, case.values())) + "]" if case else "")
            kind = "elsewhere" if elsewhere else "error" if expects_error(test) else "structure"
            body = [s for s in common if is_import(s) or s in used or not hasattr(s, "name")]
            yield name, kind, text(body, test, case, False), text(body, test, case, True)


def reachable(test, defined):
    """The definitions that a test uses, and itself."""
    used, queue = [test], [test]
    while queue:
        for name in names_in(queue.pop()):
            if name in defined and defined[name] not in used:
                used.append(defined[name])
                queue.append(defined[name])
    return used


def text(common, test, case, for_tirade):
    test = ast.parse(ast.unparse(test)).body[0]
    test.decorator_list = []
    # What is imported inside of the test.
    if for_tirade:
        test.body = [s for s in ((readable(s) if is_import(s) else s) for s in test.body) if s]
    call = ast.Call(ast.Name(test.name, ast.Load()), [], [ast.keyword(*kv) for kv in case.items()])
    before, body = [], []
    for statement in common:
        kept = readable(statement) if for_tirade and is_import(statement) else statement
        if is_import(statement) and "pytest" in ast.unparse(statement):
            kept = None
        future = is_import(statement) and getattr(statement, "module", "") == "__future__"
        (before if future else body).append(kept) if kept else None
    statements = [*body, *ast.parse(KEEP).body, test, ast.Expr(call)]
    statements = [Rewrite().visit(s) for s in statements]
    imports = [] if any(getattr(s, "names", None) and s.names[0].name == "tvm" for s in body) else (
        ast.parse("import tvm").body)
    module = ast.Module([*before, *imports, *statements, *ast.parse(COLLECT).body], [])
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


def run_in_tvm(script):
    """The functions that TVM keeps."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(script)
    try:
        spec = importlib.util.spec_from_file_location("kept_script", file.name)
        module = importlib.util.module_from_spec(spec)
        sys.modules["kept_script"] = module
        spec.loader.exec_module(module)
        return {gv.name_hint: f for gv, f in module.mod.functions_items()}
    finally:
        pathlib.Path(file.name).unlink()


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__


def check(job):
    """The outcome for one test: its name, a kind, a detail."""
    binary, name, kind, for_tvm, for_tirade, folder = job
    if kind == "elsewhere":
        return name, "about something else", ""
    wanted, refusal = {}, ""
    try:
        wanted = run_in_tvm(for_tvm)
    except Exception as error:  # whatever TVM throws
        refusal = first_line(error)
    command = [binary, "fmt", "--dialect", "modern", "-"]
    run = subprocess.run(command, input=for_tirade, capture_output=True, text=True, check=False)
    if folder:
        pathlib.Path(folder, name.split("[")[0] + ".py").write_text(for_tirade)
    if kind == "error":
        detail = "" if run.returncode == 3 else "accepted"
        return name, "differs" if detail else "agrees", detail
    if refusal:
        how = "accepted" if run.returncode == 0 else first_line(run.stderr)
        return name, "not accepted by TVM", f"{refusal} | tirade: {how}"
    if run.returncode != 0:
        empty = not wanted and "no function" in run.stderr
        return name, "agrees" if empty else "refused", "" if empty else first_line(run.stderr)
    return name, *compare(wanted, run.stdout)


def compare(wanted, printed):
    import tvm
    from tvm.script import from_source
    import tvm_ffi

    lines = printed.splitlines(keepends=True)
    source = "".join(line for line in lines if not line.startswith(("from ", "import ")))
    try:
        parsed = from_source(source)
    except Exception as error:
        return "unreadable", first_line(error)
    if isinstance(parsed, tvm.IRModule):
        found = {gv.name_hint: f for gv, f in parsed.functions_items()}
    else:
        found = {str(parsed.attrs["global_symbol"]): parsed}
    if found.keys() != wanted.keys():
        return "differs", f"{sorted(found)} instead of {sorted(wanted)}"
    for name, function in wanted.items():
        if not tvm_ffi.structural_equal(function, found[name]):
            paths = tvm_ffi.get_first_structural_mismatch(function, found[name])
            return "differs", f"{name} at {str(paths[0])[:160] if paths else '?'}"
    return "agrees", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scripts", help="folder for the scripts that are tried")
    parser.add_argument("--at-least", type=float, default=95.0, metavar="PERCENT")
    args = parser.parse_args()
    jobs = [
        (args.binary, f"{path.stem}::{name}", kind, one, two, args.scripts)
        for path in args.paths
        for name, kind, one, two in scripts(path)
    ]
    with multiprocessing.Pool(args.jobs, maxtasksperchild=32) as pool:
        results = list(pool.imap(check, jobs, chunksize=4))
    for name, kind, detail in results:
        if kind not in ("agrees", "about something else"):
            print(f"{name}: {kind}: {detail}")
    counts = collections.Counter(kind for _, kind, _ in results)
    for kind, count in counts.most_common():
        print(f"{count:6}  {kind}")
    counted = len(results) - counts["about something else"] - counts["not accepted by TVM"]
    share = 100.0 * counts["agrees"] / max(counted, 1)
    print(f"{share:.2f} % of {counted} tests agree")
    sys.exit(0 if args.at_least <= share else 1)


if __name__ == "__main__":
    main()
