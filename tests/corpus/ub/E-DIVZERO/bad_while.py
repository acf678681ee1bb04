# T.truncdiv(A[i], B[i]) in the context `while`.
# IN A: int8[8] 1 2 3 4 5 6 7 8
# IN B: int8[8] 1 2 3 4 5 0 7 8
# REPORT E-DIVZERO 13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int8"), B: T.Buffer((8,), "int8"), R: T.Buffer((8,), "int8")):
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        R[n[0]] = T.truncdiv(A[n[0]], B[n[0]])
        n[0] = n[0] + 1
