# The memory of a function is fresh in each call.
# RUN: check interp
# REPORT E-UNINIT 16:20-24
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(R: T.Buffer((4,), "int32"), n: T.int32):
        L = T.alloc_buffer((4,), "int32")
        for i in range(n):
            L[i] = i
        for i in range(4):
            R[i] = L[i]

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4,), "int32")):
        Module.work(R, 4)
        Module.work(R, 3)
