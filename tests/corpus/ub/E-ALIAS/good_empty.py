# An empty part of an array overlaps nothing.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(a: T.handle, r: T.handle):
        n = T.int32()
        m = T.int32()
        A = T.match_buffer(a, (n,), "int32")
        R = T.match_buffer(r, (m,), "int32")
        for i in range(m):
            R[i] = A[i] & 1

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.work(X[0:8], X[3:3])
