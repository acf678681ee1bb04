# A call whose buffers do not have one size.
# RUN: check interp
# REPORT E-ARG 21:9-28
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def add(a: T.handle, b: T.handle, r: T.handle):
        n = T.int32()
        A = T.match_buffer(a, (n,), "int32")
        B = T.match_buffer(b, (n,), "int32")
        R = T.match_buffer(r, (n,), "int32")
        for i in range(n):
            R[i] = A[i] + B[i]

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32"), Y: T.Buffer((7,), "int32"), Z: T.Buffer((8,), "int32")):
        Module.add(X, Y, Z)
