# Near miss: T.shift_left(A[i], B[i]) in the context `while`.
# IN A: uint16[8] 1 2 3 4 5 6 7 8
# IN B: uint16[8] 1 2 3 4 5 15 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint16"), B: T.Buffer((8,), "uint16"), R: T.Buffer((8,), "uint16")):
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        R[n[0]] = T.shift_left(A[n[0]], B[n[0]])
        n[0] = n[0] + 1
