# Near miss: A[i] + B[i] in the context `symbolic`.
# SET: n=8
# IN A: int32[8] 1 2 3 4 5 2147483641 7 8
# IN B: int32[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer(("n",), "int32")):
    n = T.int32()
    for i in range(n):
        R[i] = A[i] + B[i]
