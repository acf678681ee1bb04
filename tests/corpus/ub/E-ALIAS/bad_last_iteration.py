# The windows meet in the last iteration only.
# RUN: check interp
# REPORT E-ALIAS 18:13-57
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def copy(A: T.Buffer((2,), "int32"), R: T.Buffer((2,), "int32")):
        for i in range(2):
            R[i] = A[i]

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((16,), "int32")):
        for t in range(5):
            Module.copy(X[t : t + 2], X[8 - t : 10 - t])
