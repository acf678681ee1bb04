# A slice of one element that is handed to a function stays a slice in print: without the colon it
# would be a number.
# RUN: check fmt interp run diff
# FUNC: main
# IN X: int32[8] 0 1 2 3 4 5 6 7
# OUT X: 0 1 2 13 4 5 6 7
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def add_ten(R: T.Buffer((1,), "int32")):
        R[0] = R[0] + 10

    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((8,), "int32")):
        Module.add_ten(X[3:4])
