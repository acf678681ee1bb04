# Near miss: T.truncdiv(A[i], B[i]) in the context `while`.
# IN A: int32[8] 1 2 3 4 5 -2147483647 7 8
# IN B: int32[8] 1 2 3 4 5 -1 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        R[n[0]] = T.truncdiv(A[n[0]], B[n[0]])
        n[0] = n[0] + 1
