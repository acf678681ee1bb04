# An atomic update of a counter that was not set.
# RUN: check interp
# REPORT E-UNINIT 11:33-37
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    C = T.alloc_buffer((1,), "int32")
    for i in T.parallel(4):
        T.evaluate(T.atomic_add(C[0], 1))
    R[0] = C[0]
