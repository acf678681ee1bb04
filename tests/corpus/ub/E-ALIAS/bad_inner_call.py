# The outer call is fine, the call inside of it passes its own parameter twice.
# RUN: check interp
# REPORT E-ALIAS 19:9-25
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def add(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[7 - i] % 10

    @T.prim_func(private=True, s_tir=True)
    def middle(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[i]
        Module.add(R, R)

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32"), Y: T.Buffer((8,), "int32")):
        Module.middle(X, Y)
