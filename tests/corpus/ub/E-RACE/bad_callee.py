# Calls from parallel iterations that write one element.
# RUN: check interp
# REPORT E-RACE 12:9-17
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def note(R: T.Buffer((1,), "int32"), v: T.int32):
        R[0] = v

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((1,), "int32")):
        for i in T.parallel(4):
            Module.note(R, i)
