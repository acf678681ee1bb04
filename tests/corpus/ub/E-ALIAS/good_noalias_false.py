# Near miss: buffers handed to a function (noalias_false).
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        T.func_attr({"tirx.noalias": False})
        for i in range(7):
            R[i + 1] = A[i] + 1

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.work(X, X)
