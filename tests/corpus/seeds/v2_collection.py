# A collection of functions, built in a loop.
# RUN: check fmt interp run diff
# FUNC: scale_3
# IN A: float32[2] 1 2
# OUT B: 3 6
from tvm.script import tir as T


def gen(factor):
    @T.prim_func
    def scale(A: T.Buffer((2,), "float32"), B: T.Buffer((2,), "float32")):
        T.func_name(f"scale_{factor}")
        for i in range(2):
            B[i] = A[i] * T.float32(factor)

    return scale


functions = [gen(factor) for factor in range(2, 5)]
