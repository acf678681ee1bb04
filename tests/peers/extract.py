"""Self-contained programs out of files of Python tests.

A prim_func or a module class is self-contained if every name that it uses is bound by an import of
TVM or of the standard library, by a constant, or by a function, macro or program of the same file
that is self-contained itself. Such a program is written as a script of its own: the imports and
definitions it needs, in the order of the file, and then the program.
"""

import ast
import builtins
import dataclasses
import pathlib
import re
import textwrap

IMPORTABLE = {"tvm", "math", "dataclasses", "functools", "itertools", "collections", "typing", "__future__"}

PROGRAM = {"prim_func", "ir_module", "jit"}
HYBRID = {"script", "tir"}
MACRO = {"macro", "inline"}

# What marks a program as one for a vendor's GPU, by its text or its file.
VENDOR_TEXT = re.compile(
    r"threadIdx|blockIdx|vthread|wmma|m16n8k|\"shared|\"warp|ptx|mma_|_mma|cuda|rocm|nvptx|metal|vulkan|opencl"
    r"|hexagon|vtcm|webgpu|texture|tcgen|tmem|cp_async|warpgroup|T\.cta|T\.kernel|T\.warp|nvgpu|Tx\.|\.thread\(|amdgcn|wgmma"
)
VENDOR_PATH = re.compile(
    r"cuda|rocm|metal|vulkan|opencl|hexagon|adreno|nvshmem|trn|tirx-kernels|/tirx/|gpu|contrib|vtcm|texture|ptx|mma|tensor_core|tensorcore"
)


@dataclasses.dataclass
class Program:
    """One program as a script."""

    file: pathlib.Path
    line: int
    name: str
    text: str
    vendor: bool
    must_fail: bool


class NotSelfContained(Exception):
    """Why a program cannot stand alone."""


def last_name(node):
    """`x` of `a.b.x` and of `a.b.x(…)`."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def head_name(node):
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def is_program(node):
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return False
    for decorator in node.decorator_list:
        name = last_name(decorator)
        if name in PROGRAM:
            return True
        if name in HYBRID and not isinstance(decorator, ast.Call) and head_name(decorator) in ("tvm", "script"):
            return True
    return False


def pattern_names(target):
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}


def bound_names(statement):
    """Names that a statement binds in its own scope."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(a.asname or a.name).split(".")[0] for a in statement.names}
    if isinstance(statement, ast.Assign):
        return set().union(*(pattern_names(t) for t in statement.targets if not isinstance(t, (ast.Subscript, ast.Attribute))))
    if isinstance(statement, ast.AnnAssign):
        return pattern_names(statement.target) if statement.value is not None else set()
    if isinstance(statement, ast.AugAssign):
        return pattern_names(statement.target)
    if isinstance(statement, (ast.For, ast.With, ast.If, ast.Try, ast.While)):
        names = set()
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
        return names
    return set()


def free_names(node):
    """Names that a definition reads from around it. Names it binds anywhere inside count as its own,
    but what decorators, defaults and annotations of parameters use is read first."""
    loads, stores = set(), set()
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            (loads if isinstance(child.ctx, ast.Load) else stores).add(child.id)
        elif isinstance(child, ast.arg):
            stores.add(child.arg)
        elif isinstance(child, (ast.FunctionDef, ast.ClassDef)) and child is not node:
            stores.add(child.name)
        elif isinstance(child, ast.ExceptHandler) and child.name:
            stores.add(child.name)
    if isinstance(node, ast.ClassDef):
        stores.add(node.name)
    if isinstance(node, ast.FunctionDef):
        stores.add(node.name)
        # A name bound by `x = x + …` in a program is read from outside first; that is rare, and
        # such a program is rejected by the tool, not dropped here.
    return loads - stores


def quoted_names(node):
    """Names in annotations that are strings, under postponed evaluation."""
    return set()


class Level:
    """A scope of the file: a module, a class or a function, with its statements."""

    def __init__(self, node, body, parent):
        self.node, self.body, self.parent = node, body, parent
        self.bindings = {}
        for statement in body:
            for name in bound_names(statement):
                self.bindings.setdefault(name, []).append(statement)
        self.parameters = set()
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
            every += [a for a in (arguments.vararg, arguments.kwarg) if a]
            self.parameters = {a.arg for a in every}


class Extractor:
    def __init__(self, path, root):
        self.path = path
        self.relative = path.relative_to(root)
        self.source = path.read_text()
        self.lines = self.source.splitlines()
        self.tree = ast.parse(self.source)

    def text_of(self, node):
        """The statement's own lines, unindented, with its decorators and comments."""
        first = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])
        lines = self.lines[first - 1 : node.end_lineno]
        text = textwrap.dedent("\n".join(lines))
        try:
            ast.parse(text)
        except SyntaxError:
            text = ast.unparse(node)
        return text

    def programs(self):
        yield from self.inside(Level(None, self.tree.body, None))

    def inside(self, level):
        """Programs that are defined in a scope or below."""
        compare = isinstance(level.node, ast.ClassDef)
        for statement in level.body:
            if is_program(statement):
                yield from self.program(statement, level, "")
            elif compare and self.is_implicit(statement, level):
                yield from self.program(statement, level, "@T.prim_func\n")
            elif isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                yield from self.inside(Level(statement, statement.body, level))
            elif isinstance(statement, (ast.If, ast.With, ast.For, ast.Try)):
                yield from self.inside(Level(statement, statement.body, level))

    def is_implicit(self, statement, level):
        """`def before(A: …)` of a test class, which the tests' own machinery makes a prim_func."""
        return (
            isinstance(statement, ast.FunctionDef)
            and statement.name in ("before", "expected", "after")
            and not statement.decorator_list
            and all(a.annotation for a in statement.args.args)
            and any("Compare" in (last_name(b) or "") or "BeforeAfter" in (last_name(b) or "") or last_name(b) for b in level.node.bases)
            and not any(isinstance(n, ast.Return) and n.value is not None and isinstance(n.value, ast.Name) for n in statement.body)
        )

    def program(self, node, level, prefix):
        try:
            needed = self.needs(node, level)
        except NotSelfContained:
            return
        ordered = sorted(needed.values(), key=lambda s: s.lineno)
        # Parts of a file are unindented on their own.
        parts = []
        for statement in ordered:
            parts.append(self.parameter_text(statement) or self.text_of(statement))
        definitions = "\n".join(parts)
        text = definitions + "\n\n\n" + prefix + self.text_of(node) + "\n"
        if prefix and re.search(r"^(?:from tvm\.script import .*tir\w* as T|.* as T)$", definitions, re.M) is None:
            text = "from tvm.script import tir as T\n" + text
        own = self.text_of(node)
        vendor = bool(VENDOR_TEXT.search(text) or VENDOR_PATH.search("/" + str(self.relative)))
        yield Program(self.relative, node.lineno, node.name, text, vendor, self.must_fail(node, level, own))

    def parameter_text(self, statement):
        return getattr(statement, "extracted_text", None)

    def must_fail(self, node, level, own):
        """True if the file itself says that the program is an error."""
        scope = level
        while scope is not None:
            if isinstance(scope.node, ast.With):
                for item in scope.node.items:
                    if "raises" in ast.unparse(item.context_expr):
                        return True
            if isinstance(scope.node, ast.FunctionDef):
                text = ast.unparse(scope.node)
                if re.search(rf"check_error\({node.name}\b", text):
                    return True
            scope = scope.parent
        return "# error" in own or "check_error:" in own

    def needs(self, node, level):
        needed = {}
        self.resolve(node, level, needed, set())
        return needed

    def resolve(self, node, level, needed, visiting):
        for name in free_names(node) | self.string_names(node):
            if hasattr(builtins, name):
                if self.find(name, level, node) is None:
                    continue
            found = self.find(name, level, node)
            if found is None:
                if name in ("cls", "self"):
                    continue
                raise NotSelfContained(f"`{name}` is not defined")
            statement, scope = found
            if id(statement) in needed or id(statement) in visiting:
                continue
            visiting.add(id(statement))
            self.admit(name, statement, scope, needed, visiting)

    def string_names(self, node):
        return set()

    def find(self, name, level, node):
        scope, inner = level, True
        while scope is not None:
            if inner or not isinstance(scope.node, ast.ClassDef):
                if name in scope.parameters:
                    value = self.parametrized(name, scope)
                    if value is None:
                        raise NotSelfContained(f"`{name}` is a parameter")
                    return value, scope
                statements = scope.bindings.get(name)
                if statements:
                    before = [s for s in statements if s.lineno < node.lineno]
                    return (before or statements)[-1], scope
            inner = False
            scope = scope.parent
        return None

    def parametrized(self, name, scope):
        """The first value of a parameter that the tests' framework fills in, as an assignment."""
        for decorator in scope.node.decorator_list:
            if last_name(decorator) != "parametrize" or not isinstance(decorator, ast.Call) or len(decorator.args) < 2:
                continue
            names, values = decorator.args[:2]
            if not isinstance(names, ast.Constant) or not isinstance(values, (ast.List, ast.Tuple)) or not values.elts:
                continue
            listed = [n.strip() for n in names.value.split(",")]
            if name in listed:
                first = values.elts[0]
                if len(listed) > 1:
                    if not isinstance(first, (ast.Tuple, ast.List)) or len(first.elts) != len(listed):
                        continue
                    first = first.elts[listed.index(name)]
                return self.assignment(name, first, scope.node.lineno)
        # A default, or `name = tvm.testing.parameter(…)` of the class or file around.
        arguments = scope.node.args
        defaults = dict(zip([a.arg for a in arguments.args][::-1], arguments.defaults[::-1]))
        if name in defaults:
            return self.assignment(name, defaults[name], scope.node.lineno)
        outer = scope.parent
        while outer is not None:
            for statement in outer.bindings.get(name, []):
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                    call = statement.value
                    if last_name(call) == "parameter" and call.args:
                        return self.assignment(name, call.args[0], scope.node.lineno)
            outer = outer.parent
        return None

    def assignment(self, name, value, line):
        node = ast.parse(f"{name} = {ast.unparse(value)}").body[0]
        node.lineno = node.end_lineno = line
        node.extracted_text = ast.unparse(node)
        return node

    def admit(self, name, statement, scope, needed, visiting):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            module = statement.module if isinstance(statement, ast.ImportFrom) else None
            aliases = [a for a in statement.names if (a.asname or a.name).split(".")[0] == name]
            tops = {module.split(".")[0]} if module else {a.name.split(".")[0] for a in aliases}
            if isinstance(statement, ast.ImportFrom) and statement.level:
                raise NotSelfContained("a relative import")
            if not tops <= IMPORTABLE or (module or aliases[0].name).startswith(("tvm.testing", "tvm.tir.tensor_intrin", "tvm.s_tir.tensor_intrin", "tvm.topi", "tvm.contrib")):
                raise NotSelfContained(f"imports {tops}")
            kept = type(statement)(**{**{f: getattr(statement, f) for f in statement._fields}, "names": aliases})
            kept.lineno = kept.end_lineno = statement.lineno
            kept.extracted_text = ast.unparse(kept)
            needed[(id(statement), name)] = kept
            return
        if isinstance(statement, (ast.For, ast.With, ast.If, ast.Try, ast.While)):
            raise NotSelfContained(f"`{name}` is bound by a compound statement")
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            callee = ast.unparse(statement.value.func)
            if re.search(r"pytest|testing\.|Schedule|build|transform|numpy|np\.|create_prim_func|from_source", callee):
                raise NotSelfContained(f"`{name}` is computed by `{callee}`")
        needed[id(statement)] = statement
        self.resolve(statement, scope, needed, visiting)


def extract(root, folders):
    """Every program of the files under `root`/`folders`."""
    root = pathlib.Path(root)
    for folder in folders:
        base = root / folder
        files = [base] if base.is_file() else sorted(base.rglob("*.py"))
        for path in files:
            try:
                yield from Extractor(path, root).programs()
            except (SyntaxError, UnicodeDecodeError):
                continue
