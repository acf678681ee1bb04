# T04: an integer divided by zero has no value (I3).
# IN A: int32[1] 5
# IN B: int32[1] 0
# REPORT E-DIVZERO 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = A[i] // B[i]
