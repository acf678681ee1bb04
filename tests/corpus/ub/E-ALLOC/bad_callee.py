# A called function allocates.
# RUN: check interp
# REPORT E-ALLOC 12:13-44
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(n: T.int64, R: T.Buffer((1,), "int32")):
        L = T.alloc_buffer((n, n), "int64")
        L[0, 0] = T.int64(1)
        R[0] = 1

    @T.prim_func(s_tir=True)
    def main(R: T.Buffer((1,), "int32")):
        Module.work(T.int64(10), R)
        Module.work(T.int64(100000), R)
