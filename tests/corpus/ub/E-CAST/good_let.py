# Near miss: T.Cast("uint8", A[i]) in the context `let`.
# IN A: float32[8] 1 2 3 4 5 255.5 7 8
# IN B: float32[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "float32"), R: T.Buffer((8,), "uint8")):
    for i in range(8):
        x: T.let = T.Cast("uint8", A[i])
        R[i] = x
