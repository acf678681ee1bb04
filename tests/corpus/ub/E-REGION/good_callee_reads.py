# The function that a block calls reads what the block lists.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def first(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32")) -> T.int32:
        return A[0] & B[0]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            with T.sblock("R"):
                vi = T.axis.spatial(8, i)
                T.reads(A[0:8], B[0:1])
                T.writes(R[vi])
                R[vi] = Module.first(A, B)
