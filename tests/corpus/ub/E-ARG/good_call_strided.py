# A column of a matrix for a parameter with strides.
# RUN: check interp diff
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def clear(a: T.handle):
        s = T.int32()
        A = T.match_buffer(a, (4, 1), "int32", strides=[s, 1])
        for i in range(4):
            A[i, 0] = 0

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((4, 4), "int32")):
        Module.clear(X[0:4, 1:2])
