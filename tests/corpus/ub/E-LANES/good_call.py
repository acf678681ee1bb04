# Lanes in a called function.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def put(R: T.Buffer((8,), "int32"), s: T.int32):
        R[T.ramp(0, s, 2)] = T.broadcast(1, 2)

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((8,), "int32")):
        for k in range(3):
            Module.put(R, 3 - k)
