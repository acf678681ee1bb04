# T88: two buffer parameters may not overlap if one is written (M4); here a call passes one array twice.
# REPORT E-ALIAS 17
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def shift(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(7):
            R[i + 1] = A[i] + 1

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        # One array twice.
        Module.shift(X, X)
