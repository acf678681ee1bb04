#!/usr/bin/env python3
"""How many of TVM's own schedule tests does Tirade pass?

    python tests/peers/tvm_schedule.py BINARY TVM_CHECKOUT... [--filter TEXT] [--keep DIR]

Every test function (and every combination of its parameters) of the schedule tests of a TVM
checkout becomes a script of its own: what the test needs of its module, then its body. Tirade runs
the script; comparisons and expected refusals are checked by Tirade itself. Nothing of TVM is
needed but its sources. Run by hand.
"""

import argparse
import ast
import collections
import copy
import itertools
import json
import multiprocessing
import pathlib
import re
import subprocess
import sys
import tempfile

FOLDERS = ["tests/python/s_tir/schedule", "tests/python/tir-schedule"]
# The call of the case, and a function, without which a script stands for no program.
PLACEHOLDER = """

case()


@PRIM_FUNC
def placeholder(A: T.Buffer((1,), "float32")):
    A[0] = 0.0
"""
ACCEPTED = "CASE-WRONGLY-ACCEPTED"
# Modules that a test imports for its own machinery.
DROPPED = {"pytest", "sys", "gc", "numpy", "tvm.testing", "tempfile"}


class Case:
    """One script."""

    def __init__(self, path, name, text, refusals, equalities, primitives):
        self.path, self.name, self.text = path, name, text
        self.refusals, self.equalities, self.primitives = refusals, equalities, primitives


def names_in(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def bound_names(stmt):
    """Names that a statement of a module binds."""
    if isinstance(stmt, (ast.FunctionDef, ast.ClassDef)):
        return {stmt.name}
    if isinstance(stmt, (ast.Import, ast.ImportFrom)):
        return {(a.asname or a.name).split(".")[0] for a in stmt.names}
    return {n.id for n in ast.walk(stmt) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def registered_names(stmt):
    """The name under which a statement registers a tensor intrinsic."""
    value = getattr(stmt, "value", None)
    is_register = call_name(value).endswith("TensorIntrin.register")
    return {value.args[0].value} if is_register and isinstance(value.args[0], ast.Constant) else set()


def is_dropped_import(stmt):
    if isinstance(stmt, ast.ImportFrom):
        return stmt.module in DROPPED
    is_dropped = lambda name: name in DROPPED or name.endswith(".tensor_intrin")
    return isinstance(stmt, ast.Import) and all(is_dropped(a.name) for a in stmt.names)


def only(stmt, names):
    """An import without what is not used."""
    if not isinstance(stmt, ast.ImportFrom):
        return stmt
    kept = [a for a in stmt.names if (a.asname or a.name) in names]
    return ast.ImportFrom(module=stmt.module, names=kept, level=stmt.level)


def call_name(node):
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


class Body(ast.NodeTransformer):
    """Turns pytest's idioms into plain statements."""

    def __init__(self):
        self.refusals = self.equalities = 0
        self.dropped = set()

    def visit_With(self, node):
        self.generic_visit(node)
        call = node.items[0].context_expr
        if call_name(call) != "pytest.raises":
            return node
        self.refusals += 1
        if node.items[0].optional_vars is not None:
            self.dropped |= names_in(node.items[0].optional_vars)
        handled = ast.parse("refused = True").body
        handler = ast.ExceptHandler(type=call.args[0], name=None, body=handled)
        attempt = ast.Try(body=node.body, handlers=[handler], orelse=[], finalbody=[])
        before = ast.parse("refused = False").body
        after = ast.parse(f"if not refused:\n    raise AssertionError({ACCEPTED!r})").body
        return [*before, attempt, *after]

    def visit_Call(self, node):
        self.generic_visit(node)
        if call_name(node).endswith(("assert_structural_equal_ignore_global_symbol",
                                     "assert_structural_equal", "structural_equal")):
            self.equalities += 1
        # Structure is what is compared here; running both needs TVM.
        for keyword in node.keywords:
            if keyword.arg == "check_run":
                keyword.value = ast.Constant(False)
        return node

    def visit_Expr(self, node):
        self.generic_visit(node)
        return None if self.dropped & names_in(node) else node

    visit_Assert = visit_Expr


def parameters(node):
    """Names and values of `@pytest.mark.parametrize`, one list for each decorator."""
    lists = []
    for decorator in node.decorator_list:
        if call_name(decorator).endswith("mark.parametrize"):
            names, values = decorator.args[:2]
            if isinstance(names, ast.Constant):
                names = [n.strip() for n in names.value.split(",")]
            else:
                names = [e.value for e in names.elts]
            rows = []
            for value in values.elts:
                items = [value] if len(names) == 1 else value.elts
                rows.append(dict(zip(names, items)))
            lists.append(rows)
    return lists


def skipped(node):
    text = " ".join(ast.unparse(d) for d in node.decorator_list)
    return "skip" in text or "requires_" in text or "xfail" in text


def fixture_values(call):
    """Values of `tvm.testing.parameter(…)`."""
    for keyword in call.keywords:
        if keyword.arg == "by_dict":
            return keyword.value.values
    return call.args


class Module:
    """The statements of a file, and what they bind."""

    def __init__(self, path, checkout):
        self.path, self.checkout = path, checkout
        self.body = [self.absolute(stmt) for stmt in ast.parse(path.read_text()).body]
        self.binders = {}
        self.shared = {}
        for stmt in self.body:
            value = getattr(stmt, "value", None)
            if isinstance(stmt, ast.Assign) and call_name(value) == "tvm.testing.parameter":
                self.shared[stmt.targets[0].id] = fixture_values(value)
                continue
            for name in bound_names(stmt) | registered_names(stmt):
                self.binders.setdefault(name, []).append(stmt)

    def absolute(self, stmt):
        """An import of the same package by its whole name."""
        if not isinstance(stmt, ast.ImportFrom) or not stmt.level:
            return stmt
        inside = self.path.relative_to(self.checkout / "python").parts[: -stmt.level]
        module = ".".join([*inside, *([stmt.module] if stmt.module else [])])
        return ast.ImportFrom(module=module, names=stmt.names, level=0)

    def library(self, stmt):
        """The file of TVM's sources behind an import of tensor intrinsics."""
        if not isinstance(stmt, ast.ImportFrom) or ".tensor_intrin." not in (stmt.module or ""):
            return None
        path = self.checkout / "python" / (stmt.module.replace(".", "/") + ".py")
        return Module(path, self.checkout) if path.exists() else None

    def needed(self, wanted):
        """Statements that `wanted` names need, in the order of the file."""
        open_names, keep, seen = set(wanted), set(), set()
        while open_names:
            name = open_names.pop()
            seen.add(name)
            for stmt in self.binders.get(name, []):
                if id(stmt) not in keep and not is_dropped_import(stmt):
                    keep.add(id(stmt))
                    if not isinstance(stmt, (ast.Import, ast.ImportFrom)):
                        open_names |= (names_in(stmt) | self.annotation_names(stmt)) - seen
        result = []
        for stmt in self.body:
            if id(stmt) not in keep:
                continue
            library = self.library(stmt)
            if library is None:
                result.append(only(stmt, seen))
            else:
                names = {a.name for a in stmt.names if (a.asname or a.name) in seen}
                registered = [s for s in library.body if "TensorIntrin.register" in ast.unparse(s)]
                registered = [s for s in registered if names_in(s) & names]
                names |= set().union(*map(names_in, registered), set())
                found = library.needed(names)
                result += found + [s for s in registered if s not in found]
        return result

    @staticmethod
    def annotation_names(stmt):
        texts = [n.value for n in ast.walk(stmt) if isinstance(n, ast.Constant)]
        return {t for t in texts if isinstance(t, str) and t.isidentifier()}

    def script(self, name, body, values, extra=()):
        transform = Body()
        body = [transform.visit(copy.deepcopy(stmt)) for stmt in body]
        flat = []
        for stmt in body:
            flat += stmt if isinstance(stmt, list) else [stmt] if stmt is not None else []
        local = [s for s in flat if isinstance(s, (ast.Import, ast.ImportFrom))]
        flat = [s for s in flat if s not in local]
        assigned = [ast.parse(f"{k} = {ast.unparse(v)}").body[0] for k, v in values.items()]
        block = [*assigned, *extra, *flat] or [ast.Pass()]
        wanted = set().union(*(names_in(s) | self.annotation_names(s) for s in block))
        top = self.needed(wanted - set(values)) + [s for s in local if not is_dropped_import(s)]
        function = ast.parse("def case():\n    pass").body[0]
        function.body = block
        module = ast.Module(body=[*top, function], type_ignores=[])
        ast.fix_missing_locations(module)
        text = ast.unparse(module)
        # The dialect of the file decides what its names mean.
        is_modern = self.path.parts[-2] == "schedule"
        decorator = "T.prim_func(s_tir=True)" if is_modern else "T.prim_func"
        text += PLACEHOLDER.replace("PRIM_FUNC", decorator)
        primitives = re.findall(r"\bs(?:ch)?\.([a-z_]+)\(", "\n".join(map(ast.unparse, block)))
        return Case(self.path, name, text, transform.refusals, transform.equalities,
                    sorted(set(primitives)))

    def cases(self):
        classes = {s.name: s for s in self.body if isinstance(s, ast.ClassDef)}
        for stmt in self.body:
            if isinstance(stmt, ast.FunctionDef) and stmt.name.startswith("test_"):
                if not skipped(stmt):
                    yield from self.function_cases(stmt)
            elif isinstance(stmt, ast.ClassDef) and stmt.name.startswith("Test"):
                yield from self.class_cases(stmt, classes)

    def function_cases(self, node):
        lists = parameters(node)
        given = {name for rows in lists for row in rows for name in row}
        for arg in node.args.args:
            if arg.arg not in given and arg.arg in self.shared:
                lists.append([{arg.arg: value} for value in self.shared[arg.arg]])
        for i, combination in enumerate(itertools.product(*lists)):
            values = {k: v for row in combination for k, v in row.items()}
            suffix = f"[{i}]" if lists else ""
            yield self.script(node.name + suffix, node.body, values)

    def class_cases(self, node, classes):
        """`tvm.testing.CompareBeforeAfter`: before, a transform, and what is expected."""
        members, current = {}, node
        chain = []
        while current is not None:
            chain.append(current)
            bases = [b.id for b in current.bases if isinstance(b, ast.Name)]
            current = classes.get(bases[0]) if bases else None
        for cls in reversed(chain):
            for stmt in cls.body:
                for name in bound_names(stmt) if not isinstance(stmt, ast.Expr) else ():
                    members[name] = stmt
        if not {"before", "expected", "transform"} <= set(members):
            return
        lists, extra = [], []
        functions = {}
        for name, stmt in members.items():
            value = getattr(stmt, "value", None)
            if call_name(value) == "tvm.testing.parameter":
                lists.append([{name: v} for v in fixture_values(value)])
            elif isinstance(stmt, ast.FunctionDef):
                functions[name] = stmt
        fails = not isinstance(members["expected"], ast.FunctionDef)
        for name in ("before", "expected", "transform"):
            if name in functions:
                extra += self.member(name, functions[name])
        if fails:
            error = ast.unparse(members["expected"].value)
            check = f"with pytest.raises({error}):\n    transform(tvm.IRModule({{'main': before}}))"
        else:
            check = ("result = transform(tvm.IRModule({'main': before}))\n"
                     "tvm.ir.assert_structural_equal(result['main'].with_attr('global_symbol', 'x'),"
                     " expected.with_attr('global_symbol', 'x'))")
        for i, combination in enumerate(itertools.product(*lists)):
            values = {k: v for row in combination for k, v in row.items()}
            body = ast.parse(check).body
            yield self.script(f"{node.name}[{i}]", body, values, copy.deepcopy(extra))

    @staticmethod
    def member(name, node):
        node = copy.deepcopy(node)
        node.name = name
        if node.args.args and node.args.args[0].arg == "self":
            node.args.args = []
            node.decorator_list = []
            node.name = "make_" + name
            return [node, ast.parse(f"{name} = make_{name}()").body[0]]
        node.decorator_list = [ast.parse("T.prim_func").body[0].value]
        return [node]


def run(job):
    """The verdict on one case: a kind and a detail."""
    binary, folder, case = job
    target = pathlib.Path(folder) / f"{case.path.stem}-{re.sub(r'[^A-Za-z0-9_]', '_', case.name)}.py"
    target.write_text(case.text)
    command = [binary, "check", str(target), "--message-format", "json"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return case, "unsupported", "timeout"
    # The last line calls the case and raises nothing; a program that is rejected exits with 3.
    if result.returncode == 0:
        return case, "passed", ""
    message, code, line = "no output", "", 0
    for text in result.stderr.splitlines():
        try:
            diagnostic = json.loads(text)
        except ValueError:
            continue
        if diagnostic.get("level") == "error":
            message, code, line = diagnostic["message"], diagnostic["code"], diagnostic["line"]
            break
    if result.returncode != 3:
        return case, "CRASHED", (result.stderr.splitlines() or [""])[-1][:200]
    detail = f"{code} line {line}: {message}"
    if ACCEPTED in message:
        return case, "wrongly accepted", detail
    if "not structurally equal" in message:
        return case, "differs", detail
    if code.startswith("TIR08"):
        return case, "wrongly refused", detail
    return case, "unsupported", detail


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("checkouts", nargs="+", type=pathlib.Path)
    parser.add_argument("--filter", default="", help="only cases whose file or name has this")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the scripts here")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=1000, help="how many failures to print")
    args = parser.parse_args()
    cases = []
    for checkout in args.checkouts:
        for folder in FOLDERS:
            for path in sorted((checkout / folder).glob("test_*.py")):
                cases += list(Module(path, checkout).cases())
    cases = [c for c in cases if args.filter in f"{c.path.stem}::{c.name}"]
    folder = args.keep or pathlib.Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    jobs = []
    for case in cases:
        version = folder / case.path.parts[-2]
        version.mkdir(exist_ok=True)
        jobs.append((args.binary, str(version), case))
    with multiprocessing.Pool(args.jobs) as pool:
        results = list(pool.imap(run, jobs, chunksize=4))
    report(results, args.show)


def report(results, show):
    by_file = collections.defaultdict(collections.Counter)
    by_primitive = collections.defaultdict(collections.Counter)
    success, refusal = collections.Counter(), collections.Counter()
    for case, kind, _ in results:
        expects_refusal = case.refusals > 0
        (refusal if expects_refusal else success)[kind] += 1
        by_file[case.path.stem.replace("test_tir_schedule_", "")][kind] += 1
        for primitive in case.primitives:
            by_primitive[primitive][kind] += 1
    for case, kind, detail in [r for r in results if r[1] != "passed"][:show]:
        print(f"{kind}: {case.path.stem.replace('test_tir_schedule_', '')}::{case.name}: {detail[:300]}")
    for title, table in [("file", by_file), ("method", by_primitive)]:
        print(f"\nby {title}")
        for key, counts in sorted(table.items()):
            others = ", ".join(f"{n} {k}" for k, n in counts.most_common() if k != "passed")
            print(f"  {key:32} {counts['passed']:4} of {sum(counts.values()):4}  {others}")
    for title, counts in [("results", success), ("refusals", refusal)]:
        total = sum(counts.values())
        share = 100.0 * counts["passed"] / max(total, 1)
        print(f"\n{title}: {counts['passed']} of {total} ({share:.1f} %) {dict(counts)}")


if __name__ == "__main__":
    main()
