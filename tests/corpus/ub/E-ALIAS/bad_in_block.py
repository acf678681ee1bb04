# A call in a block, on the row that the block works on.
# RUN: check interp
# REPORT E-ALIAS 22:17-60
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[i] & 1

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((4, 8), "int32")):
        for i in range(4):
            with T.sblock("row"):
                vi = T.axis.spatial(4, i)
                T.reads(X[0:4, 0:8])
                T.writes(X[0:4, 0:8])
                Module.work(X[vi, 0:8], X[vi * 2 % 3, 0:8])
