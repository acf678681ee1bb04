# The caller may alias, the callee says nothing and so may not.
# RUN: check interp
# REPORT E-ALIAS 18:9-26
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[i] & 1

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        T.func_attr({"tirx.noalias": False})
        Module.work(X, X)
