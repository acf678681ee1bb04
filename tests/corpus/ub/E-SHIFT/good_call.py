# Near miss: T.shift_right(A[i], B[i]) in the context `call`.
# IN A: int64[8] 1 2 3 4 5 6 7 8
# IN B: int64[8] 1 2 3 4 5 63 7 8
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int64")):
        for i in range(8):
            R[i] = T.shift_right(A[i], B[i])

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int64")):
        Module.work(A, B, R)
