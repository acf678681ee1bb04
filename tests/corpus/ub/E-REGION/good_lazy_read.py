# What is not evaluated is not read.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            T.reads(A[vi])
            T.writes(R[vi])
            R[vi] = T.if_then_else(vi < 8, A[vi], B[vi])
