# The counter is another array.
# RUN: check fmt interp
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def count(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
        for i in T.parallel(8):
            if A[i] > 0:
                T.evaluate(T.atomic_add(R[0], 1))

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32"), C: T.Buffer((1,), "int32")):
        C[0] = 0
        Module.count(X, C)
