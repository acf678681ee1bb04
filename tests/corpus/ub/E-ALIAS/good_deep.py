# Nothing that the callee calls writes to either.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def sum(A: T.Buffer((8,), "int32")) -> T.int32:
        total: T.int32 = 0
        for i in range(8):
            total = total + A[i] % 100
        return total

    @T.prim_func(private=True, s_tir=True)
    def middle(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
        R[0] = Module.sum(A) + Module.sum(B)

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
        Module.middle(X, X, R)
