# A function is handed memory to write to.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def fill(L: T.Buffer((4,), "int32")):
        for i in range(4):
            L[i] = i

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4,), "int32")):
        L = T.alloc_buffer((4,), "int32")
        Module.fill(L)
        for i in range(4):
            R[i] = L[i]
