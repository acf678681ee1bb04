"""Operators: each is described once and can be used in three ways.

    mod = ops.softmax.func((4, 8), "float32", axis=1)    a function, made for these inputs
    ops.softmax(X, Y, axis=1)                            in a prim_func: a call of such a function
    ops.softmax.inline(X, Y, axis=1)                     in a prim_func: its statements, in place

Buffers are given inputs first, then outputs. Where the outputs are left out, they are allocated
and returned: `Y = ops.softmax(X, axis=1)`.

A function is made for fixed shapes: constant bounds are what lets the C compiler unroll and
vectorise, and what makes checks at run time cheap. A size that is a name stays symbolic, as in
`ops.softmax.func(("n", 8), "float32")`.
"""

from tvm.script import tirx as T

# Below this number of steps, starting threads costs more than it gains.
PARALLEL_STEPS = 1 << 15

# "cpu": several cores may be used; "c": one core, no threads.
TARGETS = ("cpu", "c")

_functions = {}
_names = set()
_target = ["cpu"]


class Implementation:
    """One way to compute an operator, and when to choose it."""

    def __init__(self, name, body, when, target):
        self.name, self.body, self.when, self.target = name, body, when, target

    def fits(self, inputs, attrs, target):
        if self.target is not None and self.target != target:
            return False
        return self.when is None or self.when(*inputs, **attrs)


class Operator:
    """`body(*inputs, *outputs, **attrs)` emits statements; `result(*inputs, **attrs)` gives the
    types of the outputs, as `T.Buffer(shape, dtype)`."""

    def __init__(self, name, signature, result, body):
        inputs, outputs = signature.split("->")
        self.name = name
        self.inputs = [n.strip() for n in inputs.split(",")]
        self.outputs = [n.strip() for n in outputs.split(",")]
        self.result = result
        self.default = Implementation("default", body, None, None)
        self.implementations = []
        self.__doc__ = body.__doc__

    def implementation(self, name, when=None, target=None):
        """Registers another way to compute this, for the inputs and the target that fit."""

        def register(body):
            self.implementations.append(Implementation(name, body, when, target))
            return body

        return register

    # Three ways to use it ------------------------------------------------------------------------

    def func(self, *inputs, name=None, impl=None, target="cpu", **attrs):
        """The function for inputs given as buffers, or as shapes each followed by a dtype."""
        return self.made(self.input_types(inputs), impl, target, attrs, name)

    def __call__(self, *buffers, impl=None, target="cpu", **attrs):
        """Calls the function that is made for these buffers."""
        types = [type_of(b, "n") for b in buffers[: len(self.inputs)]]
        given = self.with_outputs(buffers, types, attrs)
        self.made(types, impl, target, attrs, None)(*given)
        return self.returned(buffers, given)

    def inline(self, *buffers, impl=None, target="cpu", **attrs):
        """Adds the statements themselves to the prim_func."""
        types = [type_of(b, None) for b in buffers[: len(self.inputs)]]
        given = self.with_outputs(buffers, types, attrs)
        self.emit(self.choose(types, impl, target, attrs), target, given, attrs)
        return self.returned(buffers, given)

    # How -----------------------------------------------------------------------------------------

    def input_types(self, given):
        types = []
        items = list(given)
        while items:
            item = items.pop(0)
            if not hasattr(item, "shape"):
                if not items or not isinstance(items[0], str):
                    raise TypeError(f"{self.name}: a shape is followed by its dtype")
                item = T.Buffer(item, items.pop(0))
            types.append(item)
        if len(types) != len(self.inputs):
            raise TypeError(
                f"{self.name} takes {len(self.inputs)} inputs ({', '.join(self.inputs)}), "
                f"not {len(types)}"
            )
        return types

    def output_types(self, types, attrs):
        result = self.result(*types, **attrs)
        return list(result) if isinstance(result, tuple) else [result]

    def choose(self, types, impl, target, attrs):
        """The implementation that was asked for, or the first that fits."""
        if target not in TARGETS:
            raise ValueError(f"{self.name}: the target is one of {TARGETS}, not {target!r}")
        for candidate in self.implementations + [self.default]:
            if impl == candidate.name or impl is None and candidate.fits(types, attrs, target):
                return candidate
        known = [i.name for i in self.implementations] + ["default"]
        raise ValueError(f"{self.name} has no implementation {impl!r}; it has {known}")

    def emit(self, chosen, target, buffers, attrs):
        outer = _target[0]
        _target[0] = target
        chosen.body(*buffers, **attrs)
        _target[0] = outer

    def made(self, types, impl, target, attrs, name):
        """The function for these types. It is made once for each choice of types and attributes."""
        chosen = self.choose(types, impl, target, attrs)
        shapes = tuple([(t.shape, t.dtype) for t in types])
        key = (self.name, chosen.name, target, name, shapes, frozen(attrs))
        if key not in _functions:
            _functions[key] = self.make(chosen, types, target, attrs, name)
        return _functions[key]

    def make(self, chosen, types, target, attrs, name):
        params = list(zip(self.inputs + self.outputs, types + self.output_types(types, attrs)))
        name = name or unused_name(self.name, types)

        @T.prim_func(s_tir=True)
        def function():
            T.func_name(name)
            buffers = [T.arg(n, T.Buffer(t.shape, t.dtype)) for n, t in params]
            self.emit(chosen, target, buffers, attrs)

        return function

    def with_outputs(self, buffers, types, attrs):
        """The buffers of a use, with new ones for outputs that are left out."""
        n_inputs, n_outputs = len(self.inputs), len(self.outputs)
        if len(buffers) != n_inputs and len(buffers) != n_inputs + n_outputs:
            raise TypeError(
                f"{self.name} takes {', '.join(self.inputs + self.outputs)}: "
                f"{n_inputs} or {n_inputs + n_outputs} buffers, not {len(buffers)}"
            )
        expected = self.output_types(types, attrs)
        if len(buffers) == n_inputs:
            new = [T.alloc_buffer(t.shape, t.dtype) for t in expected]
            return list(buffers) + new
        for name, buffer, t in zip(self.outputs, buffers[n_inputs:], expected):
            check_type(self.name, name, type_of(buffer, "n"), t)
        return list(buffers)

    def returned(self, buffers, given):
        new = tuple(given[len(buffers) :])
        return new[0] if len(new) == 1 else new or None


def operator(signature, result):
    """Makes an operator of the function that emits it: `@operator("X -> Y", result)`."""

    def make(body):
        return Operator(body.__name__, signature, result, body)

    return make


def same(X, *others, **attrs):
    """The type of the first input: the result of many operators."""
    return T.Buffer(X.shape, X.dtype)


# Types of buffers --------------------------------------------------------------------------------


def type_of(value, prefix):
    """Shape and dtype of a buffer or of a region. With a prefix, sizes that are not constant
    become names of the function that is called: `n0`, `n1`, …"""
    if hasattr(value, "region"):
        shape, dtype = [r.extent for r in value.region], value.buffer.dtype
    else:
        shape, dtype = value.shape, value.dtype
    if prefix is None:
        return T.Buffer(tuple(shape), dtype)
    names = {}
    sizes = []
    for size in shape:
        known = isinstance(size, int)
        sizes.append(size if known else names.setdefault(f"{size}", f"{prefix}{len(names)}"))
    return T.Buffer(tuple(sizes), dtype)


def check_type(operator, name, found, expected):
    """Refuses an output of another shape or dtype, as far as both are known."""
    fits = found.dtype == expected.dtype and len(found.shape) == len(expected.shape)
    for a, b in zip(found.shape, expected.shape):
        fits = fits and (a == b or not isinstance(a, int) or not isinstance(b, int))
    if not fits:
        raise TypeError(
            f"{operator}: {name} is {found.dtype}{list(found.shape)}, "
            f"but the result is {expected.dtype}{list(expected.shape)}"
        )


def unused_name(operator, types):
    """`softmax_float32_4x8`, with a number if there is such a function already."""
    sizes = "x".join([f"{n}" for n in types[0].shape]) or "scalar"
    base = f"{operator}_{types[0].dtype}_{sizes}"
    name, n = base, 1
    while name in _names:
        n += 1
        name = f"{base}_{n}"
    _names.add(name)
    return name


def frozen(value):
    """A copy that can be a key of a dict."""
    if isinstance(value, dict):
        return tuple([(k, frozen(v)) for k, v in sorted(value.items())])
    if isinstance(value, (list, tuple)):
        return tuple([frozen(v) for v in value])
    return value


# What bodies share -------------------------------------------------------------------------------


def rows(n, steps):
    """A loop over `n` independent rows of `steps` steps each; on several cores if that pays."""
    total = n * steps
    large = not isinstance(total, int) or total >= PARALLEL_STEPS
    return T.parallel(n) if _target[0] == "cpu" and large else T.serial(n)


def local(dtype, value):
    """A variable: a local buffer of one element."""
    variable = T.alloc_local((1,), dtype)
    variable[0] = value
    return variable


def axis_of(axis, rank):
    """A number of an axis; negative ones count from the last."""
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis} of an array of rank {rank}")
    return axis % rank


def axes_of(axis, rank):
    """Numbers of axes: all of them for None, one, or several."""
    if axis is None:
        return list(range(rank))
    axes = [axis_of(a, rank) for a in (axis if isinstance(axis, (list, tuple)) else [axis])]
    if len(set(axes)) != len(axes):
        raise ValueError(f"an axis stands twice in {axis}")
    return sorted(axes)


def volume(shape):
    """The number of elements."""
    n = 1
    for size in shape:
        n = n * size
    return n


def empty(shape):
    """True if there are no elements, as far as the sizes are known."""
    return 0 in [n for n in shape if isinstance(n, int)]


def broadcast(*shapes):
    """The common shape, as numpy broadcasts."""
    rank = max([len(s) for s in shapes] + [0])
    common = [1] * rank
    for shape in shapes:
        for d, size in enumerate(shape):
            at = rank - len(shape) + d
            if common[at] == 1:
                common[at] = size
            elif size != 1 and size != common[at]:
                raise ValueError(f"shapes {shapes} cannot be broadcast together")
    return tuple(common)


def element(X, index):
    """The element of `X` that stands at `index` of a shape to which X is broadcast."""
    own = index[len(index) - len(X.shape) :]
    return X[tuple([0 if n == 1 else i for n, i in zip(X.shape, own)])]


def each_row(shape, axis, name, body):
    """For each row along `axis` one instance of a block: `body(at)`, where `at(k)` is the index
    of the row's element `k`."""
    outer = [d for d in range(len(shape)) if d != axis]

    def nest(depth, loops):
        if depth < len(outer):
            size = shape[outer[depth]]
            steps = shape[axis] if depth == 0 else 0
            for d in outer[1:] if depth == 0 else []:
                steps = steps * shape[d]
            loop = rows(size, steps) if depth == 0 else T.serial(size)
            for i in loop:
                nest(depth + 1, loops + [i])
            return
        with T.sblock(name):
            v = [T.axis.spatial(shape[d], i) for d, i in zip(outer, loops)]
            body(lambda k: tuple(v[:axis] + [k] + v[axis:]))

    nest(0, [])
