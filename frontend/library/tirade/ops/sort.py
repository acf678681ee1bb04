"""Sorting along an axis: `argsort`, `sort`, `topk`.

All of them are stable: of equal values the one that stands first comes first. NaN comes after
every number, in ascending and in descending order. Short rows are sorted by insertion, long
ones by merging.
"""

from tirade.ops.dtypes import ALL, INTEGERS, less, require
from tirade.ops.operator import Operator, axis_of, each_row, local
from tvm.script import tirx as T

# Rows up to this length are sorted by insertion.
SHORT = 16


def before(descending):
    """The order: `before(a, b)` is true if a must come before b."""

    def descend(a, b):
        if "float" in a.dtype:
            return T.any(a > b, T.all(b != b, a == a))
        return less(b, a)

    return descend if descending else less


# One row -----------------------------------------------------------------------------------------


class Row:
    """The row to be sorted: its length, how to read it, the order, whether positions are wanted.

    `keys` and `places` are buffers of the algorithms; places are positions in the row."""

    def __init__(self, n, load, order, with_places):
        self.n, self.load, self.order, self.with_places = n, load, order, with_places

    def buffers(self, shape, dtype):
        keys = T.sblock_alloc_buffer(shape, dtype)
        return keys, T.sblock_alloc_buffer(shape, "int32") if self.with_places else None


def insertion_sort(row, dtype, store):
    """Puts each element in its place among those before it. `store(k, key, place)` takes the
    sorted row."""
    keys, places = row.buffers((row.n,), dtype)
    for i in T.serial(row.n):
        key = T.bind(row.load(i))
        k = local("int32", i)
        while T.And(k[0] > 0, row.order(key, keys[T.max(k[0] - 1, 0)])):
            keys[k[0]] = keys[k[0] - 1]
            if row.with_places:
                places[k[0]] = places[k[0] - 1]
            k[0] = k[0] - 1
        keys[k[0]] = key
        if row.with_places:
            places[k[0]] = i
    for k in T.serial(row.n):
        store(k, keys[k], places[k] if row.with_places else None)


def merge_sort(row, dtype, store):
    """Merges sorted runs of 1, 2, 4, … elements, between the two halves of a buffer."""
    n = row.n
    keys, places = row.buffers((2, n), dtype)
    for i in T.serial(n):
        keys[0, i] = row.load(i)
        if row.with_places:
            places[0, i] = i
    source = local("int32", 0)
    width = local("int32", 1)
    while width[0] < n:
        this = T.bind(source[0])
        other = T.bind(1 - this)
        step = T.bind(width[0])
        for run in T.serial(T.ceildiv(n, 2 * step)):
            merge_runs(row, keys, places, this, other, run * 2 * step, step)
        source[0] = other
        width[0] = 2 * step
    for k in T.serial(n):
        place = places[source[0], k] if row.with_places else None
        store(k, keys[source[0], k], place)


def merge_runs(row, keys, places, this, other, first, step):
    """Merges two neighbouring runs of `step` elements."""
    start = T.bind(first)
    middle = T.bind(T.min(start + step, row.n))
    end = T.bind(T.min(start + 2 * step, row.n))
    a, b = local("int32", start), local("int32", middle)
    for k in T.serial(start, end):
        right = T.bind(b[0])
        left = T.bind(a[0])
        from_right = T.And(
            right < end,
            T.Or(left >= middle, row.order(keys[this, right], keys[this, left])),
        )
        if from_right:
            keys[other, k] = keys[this, right]
            if row.with_places:
                places[other, k] = places[this, right]
            b[0] = right + 1
        else:
            keys[other, k] = keys[this, left]
            if row.with_places:
                places[other, k] = places[this, left]
            a[0] = left + 1


def best_of_row(row, k, dtype, store):
    """The first `k` of the sorted row: each element is inserted among the best ones so far."""
    keys, places = row.buffers((k,), dtype)
    for i in T.serial(row.n):
        key = T.bind(row.load(i))
        found = T.bind(T.min(i, k))
        at = local("int32", found)
        if T.Or(found < k, row.order(key, keys[k - 1])):
            if found == k:
                at[0] = k - 1
            while T.And(at[0] > 0, row.order(key, keys[T.max(at[0] - 1, 0)])):
                keys[at[0]] = keys[at[0] - 1]
                places[at[0]] = places[at[0] - 1]
                at[0] = at[0] - 1
            keys[at[0]] = key
            places[at[0]] = i
    for j in T.serial(k):
        store(j, keys[j], places[j])


# Operators ---------------------------------------------------------------------------------------


def _argsort_type(X, axis=-1, descending=False, dtype="int64"):
    require("argsort", X.dtype, ALL)
    require("argsort", dtype, INTEGERS)
    axis_of(axis, len(X.shape))
    return T.Buffer(X.shape, dtype)


def _argsort(sort_row):
    def body(X, Y, axis=-1, descending=False, dtype="int64"):
        """The positions that sort each row."""
        axis = axis_of(axis, len(X.shape))

        def row(at):
            def store(k, key, place):
                Y[at(k)] = T.cast(place, dtype)

            todo = Row(X.shape[axis], lambda i: X[at(i)], before(descending), True)
            sort_row(todo, X.dtype, store)

        each_row(X.shape, axis, "argsort", row)

    return body


def _sort_type(X, axis=-1, descending=False):
    require("sort", X.dtype, ALL)
    axis_of(axis, len(X.shape))
    return T.Buffer(X.shape, X.dtype)


def _sort(sort_row):
    def body(X, Y, axis=-1, descending=False):
        """Each row, sorted."""
        axis = axis_of(axis, len(X.shape))

        def row(at):
            def store(k, key, place):
                Y[at(k)] = key

            todo = Row(X.shape[axis], lambda i: X[at(i)], before(descending), False)
            sort_row(todo, X.dtype, store)

        each_row(X.shape, axis, "sort", row)

    return body


def _is_short(X, axis=-1, **attrs):
    n = X.shape[axis]
    return isinstance(n, int) and n <= SHORT


argsort = Operator("argsort", "X -> Y", _argsort_type, _argsort(merge_sort))
argsort.implementation("insertion", when=_is_short)(_argsort(insertion_sort))
sort = Operator("sort", "X -> Y", _sort_type, _sort(merge_sort))
sort.implementation("insertion", when=_is_short)(_sort(insertion_sort))


def _topk_type(X, k, axis=-1, largest=True, dtype="int64"):
    require("topk", X.dtype, ALL)
    axis = axis_of(axis, len(X.shape))
    if isinstance(X.shape[axis], int) and not 0 <= k <= X.shape[axis]:
        raise ValueError(f"topk: {k} of {X.shape[axis]} elements")
    shape = tuple([k if d == axis else n for d, n in enumerate(X.shape)])
    return T.Buffer(shape, X.dtype), T.Buffer(shape, dtype)


def _topk(top_of_row):
    def body(X, Values, Indices, k, axis=-1, largest=True, dtype="int64"):
        """The `k` largest (or smallest) elements of each row in order, and their positions."""
        axis = axis_of(axis, len(X.shape))
        if k == 0:
            return

        def row(at):
            def store(j, key, place):
                Values[at(j)] = key
                Indices[at(j)] = T.cast(place, dtype)

            todo = Row(X.shape[axis], lambda i: X[at(i)], before(largest), True)
            top_of_row(todo, k, X.dtype, store)

        each_row(X.shape, axis, "topk", row)

    return body


def _sorted_prefix(row, k, dtype, store):
    """The first `k` of the row that is sorted as a whole."""

    def store_first(j, key, place):
        if j < k:
            store(j, key, place)

    merge_sort(row, dtype, store_first)


topk = Operator("topk", "X -> Values, Indices", _topk_type, _topk(_sorted_prefix))
topk.implementation("insertion", when=lambda X, k, **attrs: k <= SHORT)(_topk(best_of_row))
