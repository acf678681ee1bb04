# Memory allocated in a loop does not keep the last iteration's value.
# RUN: check interp
# REPORT E-UNINIT 13:16-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(4):
        L = T.alloc_buffer((1,), "int32")
        if i == 0:
            L[0] = A[0]
        R[i] = L[0]
