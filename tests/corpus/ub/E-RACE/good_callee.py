# Calls from parallel iterations that write a row each.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def note(R: T.Buffer((4,), "int32"), v: T.int32):
        for k in range(4):
            R[k] = v

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4, 4), "int32")):
        for i in T.parallel(4):
            Module.note(R[i, 0:4], i)
