# Ten calls and ten iterations, fifteen steps allowed.
# RUN: check interp
# OPTIONS: --max-steps 15
# REPORT E-FUEL
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(R: T.Buffer((1,), "int32")):
        R[0] = R[0] + 1

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((1,), "int32")):
        R[0] = 0
        for i in range(10):
            Module.work(R)
