# The function that a block calls writes more than the block declares.
# RUN: check interp
# REPORT E-REGION 13:13-21
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def fill(R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = i

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4, 8), "int32")):
        for i in range(4):
            with T.sblock("row"):
                vi = T.axis.spatial(4, i)
                T.reads()
                T.writes(R[vi, 0:6])
                Module.fill(R[vi, 0:8])
