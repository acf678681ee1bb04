# T03: the smallest int16 divided by -1 does not fit (I3), and is no crash.
# IN A: int16[1] -32768
# IN B: int16[1] -1
# OUT R: -32768
# REPORT E-OVERFLOW 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int16"), B: T.Buffer((1,), "int16"), R: T.Buffer((1,), "int16")):
    for i in range(1):
        R[i] = T.truncdiv(A[i], B[i])
