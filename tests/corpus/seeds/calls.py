# One prim_func calls another on a part of its buffer, as the thread asks for.
# RUN: check fmt interp run diff
# FUNC: main
# IN A: float32[4] 1 2 3 4
# OUT B: 2 3 13 14
import tvm
from tvm.script import ir as I
from tvm.script import tir as T


@tvm.script.ir_module
class M:
    @T.prim_func
    def add1(A: T.Buffer((2,), "float32"), B: T.Buffer((2,), "float32")):
        for i in range(2):
            B[i] = A[i] + T.float32(1)

    @T.prim_func
    def add10(A: T.Buffer((2,), "float32"), B: T.Buffer((2,), "float32")):
        for i in range(2):
            B[i] = A[i] + T.float32(10)

    @T.prim_func
    def main(A: T.Buffer((4,), "float32"), B: T.Buffer((4,), "float32")):
        M.add1(A[0:2], B[0:2])
        M.add10(A[2:4], B[2:4])
