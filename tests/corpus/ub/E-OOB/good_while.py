# Near miss: a read of A[B[i]] in the context `while`.
# IN A: float32[8] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 6 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        R[n[0]] = A[B[n[0]]]
        n[0] = n[0] + 1
