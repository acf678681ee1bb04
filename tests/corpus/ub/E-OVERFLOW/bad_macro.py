# T.truncdiv(A[i], B[i]) in the context `macro`.
# IN A: int32[8] 1 2 3 4 5 -2147483648 7 8
# IN B: int32[8] 1 2 3 4 5 -1 7 8
# REPORT E-OVERFLOW 10
from tvm.script import tirx as T


@T.macro
def body(A, B, R, i):
    R[i] = T.truncdiv(A[i], B[i])


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        body(A, B, R, i)
