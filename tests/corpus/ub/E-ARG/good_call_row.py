# A row of a matrix is compact.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def clear(A: T.Buffer((4,), "int32")):
        for i in range(4):
            A[i] = 0

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((4, 4), "int32")):
        for r in range(4):
            Module.clear(X[r, 0:4])
