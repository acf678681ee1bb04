# Adds two vectors: the smallest useful kernel.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def vector_add(
    A: T.Buffer((1024,), "float32"),
    B: T.Buffer((1024,), "float32"),
    C: T.Buffer((1024,), "float32"),
):
    for i in range(1024):
        with T.sblock("C"):
            vi = T.axis.spatial(1024, i)
            C[vi] = A[vi] + B[vi]
