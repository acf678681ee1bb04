# buffers handed to a function (one_of_three).
# REPORT E-ALIAS 16
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[i] + B[i]

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32"), Y: T.Buffer((8,), "int32")):
        Module.work(X, Y, X)
