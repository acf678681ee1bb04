# One memory by two pointers.
# RUN: check interp
# REPORT E-ALIAS 19:9-36
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(a: T.handle, r: T.handle):
        A = T.match_buffer(a, (8,), "int32")
        R = T.match_buffer(r, (8,), "int32")
        for i in range(8):
            R[i] = A[i] & 15

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.work(X.data, X.data)
