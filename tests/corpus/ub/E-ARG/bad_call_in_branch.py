# A call that only some input reaches.
# RUN: check interp
# IN A: int32[2] 0 1
# REPORT E-ARG 25:17-34
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def copy(a: T.handle, r: T.handle):
        n = T.int32()
        A = T.match_buffer(a, (n,), "int32")
        R = T.match_buffer(r, (n,), "int32")
        for i in range(n):
            R[i] = A[i]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((2,), "int32"), X: T.Buffer((4,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = 0
        for i in range(2):
            if A[i] > 0:
                Module.copy(X, R)
            else:
                Module.copy(X, R[0:4])
