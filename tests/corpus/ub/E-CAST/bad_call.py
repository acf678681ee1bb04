# T.Cast("int64", A[i]) in the context `call`.
# IN A: float64[8] 1 2 3 4 5 6 9223372036854775808 8
# IN B: float64[8] 1 2 3 4 5 6 7 8
# REPORT E-CAST 14
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "float64"), B: T.Buffer((8,), "float64"), R: T.Buffer((8,), "int64")):
        for i in range(8):
            R[i] = T.Cast("int64", A[i])

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "float64"), B: T.Buffer((8,), "float64"), R: T.Buffer((8,), "int64")):
        Module.work(A, B, R)
