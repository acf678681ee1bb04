# A call in a parallel loop, on arrays of its own.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[i] & 1

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((4, 8), "int32"), Y: T.Buffer((4, 8), "int32")):
        for i in T.parallel(4):
            Module.work(X[i, 0:8], Y[i, 0:8])
