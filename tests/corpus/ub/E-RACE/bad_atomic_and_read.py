# An atomic update and a plain read of one element.
# RUN: check interp
# REPORT E-RACE 11:33-37
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), C: T.Buffer((1,), "int32"), R: T.Buffer((8,), "int32")):
    C[0] = 0
    for i in T.parallel(8):
        T.evaluate(T.atomic_add(C[0], A[i] & 1))
        R[i] = C[0]
