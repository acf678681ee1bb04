# Memory allocated outside of the loop does.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    L = T.alloc_buffer((1,), "int32")
    for i in range(4):
        if i == 0:
            L[0] = A[0]
        R[i] = L[0]
