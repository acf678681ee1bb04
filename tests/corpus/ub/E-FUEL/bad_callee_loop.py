# The budget ends inside of a called function.
# RUN: check interp
# OPTIONS: --max-steps 35
# REPORT E-FUEL 13:13-26
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def fill(R: T.Buffer((8,), "int32"), v: T.int32):
        for i in range(8):
            R[i] = v

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((8,), "int32")):
        for i in range(8):
            Module.fill(R, i)
