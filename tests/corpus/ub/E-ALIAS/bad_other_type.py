# Views of one memory with elements of different types.
# RUN: check interp
# REPORT E-ALIAS 18:9-26
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = T.reinterpret("int32", A[i])

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "float32")):
        V = T.decl_buffer((8,), "int32", data=X.data)
        Module.work(X, V)
