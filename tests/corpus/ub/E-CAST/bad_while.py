# T.Cast("int8", A[i]) in the context `while`.
# IN A: float16[8] 1 2 3 4 5 -129 7 8
# IN B: float16[8] 1 2 3 4 5 6 7 8
# REPORT E-CAST 13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float16"), B: T.Buffer((8,), "float16"), R: T.Buffer((8,), "int8")):
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        R[n[0]] = T.Cast("int8", A[n[0]])
        n[0] = n[0] + 1
