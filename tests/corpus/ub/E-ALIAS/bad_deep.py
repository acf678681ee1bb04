# The written parameter is written by a function further down.
# RUN: check interp
# REPORT E-ALIAS 21:9-28
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def set(R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = 1

    @T.prim_func(private=True, s_tir=True)
    def middle(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        Module.set(R)

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.middle(X, X)
