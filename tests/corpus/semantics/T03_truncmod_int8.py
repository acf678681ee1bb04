# T03: the smallest int8 divided by -1 does not fit (I3), and is no crash.
# IN A: int8[1] -128
# IN B: int8[1] -1
# OUT R: 0
# REPORT E-OVERFLOW 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int8"), B: T.Buffer((1,), "int8"), R: T.Buffer((1,), "int8")):
    for i in range(1):
        R[i] = T.truncmod(A[i], B[i])
