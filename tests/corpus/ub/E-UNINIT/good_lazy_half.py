# The arm that would read garbage is not taken.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    L = T.alloc_buffer((8,), "int32")
    for i in range(4):
        L[i] = A[i]
    for i in range(8):
        R[i] = T.if_then_else(i < 4, L[i], 0)
