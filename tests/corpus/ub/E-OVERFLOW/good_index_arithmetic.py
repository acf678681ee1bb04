# The same product in 64 bits.
# RUN: check interp diff
# SET: n=65536
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(n: T.int32, A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = T.if_then_else(T.Cast("int64", n) * T.Cast("int64", n) > T.int64(0), A[0], A[1])
