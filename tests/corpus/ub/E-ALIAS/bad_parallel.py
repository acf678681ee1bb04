# A call in a parallel loop.
# RUN: check interp
# REPORT E-ALIAS 18:13-46
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
        for i in T.parallel(4):
            Module.work(X[i, 0:8], X[i, 0:8])
