# A call that gives a size of 8 where the array given to the caller has another.
# RUN: check interp
# IN X: int32[6] 1 2 3 4 5 6
# REPORT E-ARG 20:9-23
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32")):
        for i in range(8):
            A[i] = 1

    @T.prim_func(s_tir=True)
    def main(x: T.handle):
        n = T.int32()
        X = T.match_buffer(x, (n,), "int32")
        Module.work(X)
