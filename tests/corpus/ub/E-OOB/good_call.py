# Near miss: a read of A[(i) // 4, (i) % 4] in the context `call`.
# IN A: float32[2,4] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 6 7
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((2, 4), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
        for i in range(8):
            R[i] = A[(i) // 4, (i) % 4]

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((2, 4), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
        Module.work(A, B, R)
