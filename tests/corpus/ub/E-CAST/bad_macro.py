# T.Cast("int8", A[i]) in the context `macro`.
# IN A: float16[8] 1 2 3 4 5 -129 7 8
# IN B: float16[8] 1 2 3 4 5 6 7 8
# REPORT E-CAST 10
from tvm.script import tirx as T


@T.macro
def body(A, B, R, i):
    R[i] = T.Cast("int8", A[i])


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float16"), B: T.Buffer((8,), "float16"), R: T.Buffer((8,), "int8")):
    for i in range(8):
        body(A, B, R, i)
