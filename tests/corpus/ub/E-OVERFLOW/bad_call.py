# A[i] - B[i] in the context `call`.
# IN A: int32[8] 1 2 3 4 5 6 -2147483647 8
# IN B: int32[8] 1 2 3 4 5 6 2 8
# REPORT E-OVERFLOW 14
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        for i in range(8):
            R[i] = A[i] - B[i]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
        Module.work(A, B, R)
