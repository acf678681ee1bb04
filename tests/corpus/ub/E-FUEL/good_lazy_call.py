# A call in the arm that is not taken costs nothing.
# RUN: check interp diff
# OPTIONS: --max-steps 8
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def twice(x: T.int32) -> T.int32:
        return x + x

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = T.if_then_else(i < 100, i, Module.twice(i))
