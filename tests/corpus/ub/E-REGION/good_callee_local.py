# What a function does with memory of its own, or of the block, is nobody's business.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def reverse(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        L = T.alloc_buffer((8,), "int32")
        for i in range(8):
            L[i] = A[7 - i]
        for i in range(8):
            R[i] = L[i]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((4, 8), "int32")):
        for i in range(4):
            with T.sblock("row"):
                vi = T.axis.spatial(4, i)
                T.reads(A[vi, 0:8])
                T.writes(R[vi, 0:8])
                B = T.alloc_buffer((8,), "int32")
                Module.reverse(A[vi, 0:8], B)
                Module.reverse(B, R[vi, 0:8])
