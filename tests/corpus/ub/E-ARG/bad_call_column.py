# A column of a matrix is not compact.
# RUN: check interp
# REPORT E-ARG 17:9-34
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def clear(A: T.Buffer((4, 1), "int32")):
        for i in range(4):
            A[i, 0] = 0

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((4, 4), "int32")):
        Module.clear(X[0:4, 1:2])
