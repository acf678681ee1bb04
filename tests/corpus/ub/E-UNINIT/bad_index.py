# An index that is garbage.
# RUN: check interp
# REPORT E-UNINIT 10:14-18
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    L = T.alloc_buffer((1,), "int32")
    R[0] = A[L[0]]
