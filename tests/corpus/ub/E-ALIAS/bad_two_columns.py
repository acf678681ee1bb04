# A column and a pair of columns that holds it.
# RUN: check interp
# REPORT E-ALIAS 20:9-46
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(a: T.handle, r: T.handle):
        s = T.int32()
        A = T.match_buffer(a, (4, 1), "int32", strides=[s, 1])
        R = T.match_buffer(r, (4, 2), "int32", strides=[s, 1])
        for i in range(4):
            R[i, 0] = A[i, 0] & 7

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((4, 4), "int32")):
        Module.work(X[0:4, 2:3], X[0:4, 1:3])
