# The inner call goes the other way round.
# RUN: check interp diff
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
            A[i] = i
        Module.add(A, R)

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32"), Y: T.Buffer((8,), "int32")):
        Module.middle(X, Y)
