# Near miss: a read of X[i, 0] + X[i, 1] in the context `call`.
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
        X = T.alloc_buffer((8, 2), "float32")
        for j in range(8):
            X[j, 0] = A[j]
        for j in range(8):
            X[j, 1] = A[j]
        for i in range(8):
            R[i] = X[i, 0] + X[i, 1]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
        Module.work(A, R)
