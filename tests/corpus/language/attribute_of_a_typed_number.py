# What an attribute is about keeps its type: `T.int32(1)` is no plain `1`.
# RUN: check fmt
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32")):
    with T.attr(T.int32(0), "pragma_scope", "x"):
        with T.attr(1, "pragma_scope", "y"):
            A[0] = 1
