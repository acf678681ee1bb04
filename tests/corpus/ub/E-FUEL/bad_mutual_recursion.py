# Two functions that call each other without end.
# RUN: check interp
# REPORT E-FUEL
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def ping(R: T.Buffer((1,), "int32")):
        R[0] = R[0] + 1
        Module.pong(R)

    @T.prim_func(private=True, s_tir=True)
    def pong(R: T.Buffer((1,), "int32")):
        Module.ping(R)

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((1,), "int32")):
        R[0] = 0
        Module.ping(R)
