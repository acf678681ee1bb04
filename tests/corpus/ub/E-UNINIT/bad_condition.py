# A branch on garbage.
# RUN: check interp
# REPORT E-UNINIT 11:8-12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((1,), "int32")
    R[0] = 0
    if L[0] > 0:
        R[0] = 1
