# Two parallel loops one after the other are ordered.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32"), S: T.Buffer((8,), "int32")):
    for i in T.parallel(8):
        R[i] = A[i]
    for i in T.parallel(8):
        S[i] = R[7 - i]
