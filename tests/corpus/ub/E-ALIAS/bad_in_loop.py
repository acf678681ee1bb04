# Neighbouring windows of one array: read the left, write the right.
# RUN: check interp
# REPORT E-ALIAS 18:13-74
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def smooth(A: T.Buffer((4,), "float32"), R: T.Buffer((4,), "float32")):
        for i in range(4):
            R[i] = A[i] * T.float32(0.5)

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((16,), "float32")):
        for t in range(3):
            Module.smooth(X[t * 4 : t * 4 + 4], X[t * 4 + 3 : t * 4 + 7])
