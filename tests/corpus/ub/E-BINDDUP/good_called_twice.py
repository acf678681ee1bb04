# Each call of a function is a scope of its own.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(R: T.Buffer((4,), "int32")):
        for i in range(4):
            with T.sblock("R"):
                vi = T.axis.spatial(4, i)
                R[vi] = vi

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4,), "int32")):
        Module.work(R)
        Module.work(R)
