# A function is handed memory that nothing was written to.
# RUN: check interp
# REPORT E-UNINIT 13:20-24
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def copy(A: T.Buffer((4,), "int32"), R: T.Buffer((4,), "int32")):
        for i in range(4):
            R[i] = A[i]

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((4,), "int32")):
        L = T.alloc_buffer((4,), "int32")
        Module.copy(L, R)
