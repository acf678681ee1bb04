# A function that calls itself without end.
# RUN: check interp
# REPORT E-FUEL 13:9-24
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def again(R: T.Buffer((1,), "int32")):
        R[0] = R[0] + 1
        Module.again(R)

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((1,), "int32")):
        R[0] = 0
        Module.again(R)
