# A callee whose only store is in a loop without iterations still contains a store; here it contains none.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def check(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32")):
        for i in range(8):
            assert A[i] == B[i], "equal"

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.check(X, X)
