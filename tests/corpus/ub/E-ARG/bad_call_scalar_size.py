# A callee that is told a size that its buffer does not have.
# RUN: check interp
# REPORT E-ARG 18:9-27
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def clear(n: T.int32, a: T.handle):
        A = T.match_buffer(a, (n,), "int32")
        for i in range(n):
            A[i] = 0

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.clear(9, X)
