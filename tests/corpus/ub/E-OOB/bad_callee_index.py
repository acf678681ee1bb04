# A function that gets a part of an array reads beyond that part.
# RUN: check interp
# REPORT E-OOB 12:16-20
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def get(A: T.Buffer((4,), "int32"), i: T.int32) -> T.int32:
        return A[i]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((16,), "int32"), R: T.Buffer((5,), "int32")):
        for i in range(5):
            R[i] = Module.get(A[4:8], i)
