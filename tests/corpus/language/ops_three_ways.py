# An operator is used as a function of its own, called, and put in place: all give the same.
# FUNC: main
# IN X: float32[2,3] 1 2 3 6 5 4
# OUT Called: 0 1 2 2 1 0
# OUT Inline: 0 1 2 2 1 0
# OUT Allocated: 0 1 2 2 1 0
from tirade import ops
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    X: T.Buffer((2, 3), "float32"),
    Called: T.Buffer((2, 3), "int64"),
    Inline: T.Buffer((2, 3), "int64"),
    Allocated: T.Buffer((2, 3), "int64"),
):
    ops.argsort(X, Called)
    ops.argsort.inline(X, Inline)
    places = ops.argsort(X)
    for i, j in T.grid(2, 3):
        Allocated[i, j] = places[i, j]
