# a read of A[i + 1] in the context `symbolic`.
# SET: n=8
# IN A: float32[8] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 8 7
# REPORT E-OOB 13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer(("n",), "float32")):
    n = T.int32()
    for i in range(n):
        R[i] = A[i + 1]
