# Two calls deep, behind a block of its own.
# RUN: check interp
# REPORT E-REGION 15:13-22
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def set(R: T.Buffer((8,), "int32"), at: T.int32):
        with T.sblock("set"):
            T.reads()
            T.writes(R[at])
            R[at] = 1

    @T.prim_func(private=True, s_tir=True)
    def middle(R: T.Buffer((8,), "int32"), at: T.int32):
        Module.set(R, at + 1)

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((8,), "int32")):
        for i in range(7):
            with T.sblock("R"):
                vi = T.axis.spatial(7, i)
                T.reads()
                T.writes(R[vi])
                Module.middle(R, vi)
