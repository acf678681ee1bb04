# Near miss: T.Cast("int32", A[i]) in the context `symbolic`.
# SET: n=8
# IN A: float32[8] 1 2 3 4 5 2147483520 7 8
# IN B: float32[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "float32"), R: T.Buffer(("n",), "int32")):
    n = T.int32()
    for i in range(n):
        R[i] = T.Cast("int32", A[i])
