# The product of an index is too large for int32, though it is never used.
# RUN: check interp
# SET: n=65536
# REPORT E-OVERFLOW 10:27-32
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = T.if_then_else(n * n > 0, A[0], A[1])
