# Two names for one memory, each iteration on its own element.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    V = T.decl_buffer((8,), "int32", data=R.data)
    for i in T.parallel(8):
        V[i] = A[i]
        R[i] = V[i] + 1
