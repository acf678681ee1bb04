# T03: the smallest int32 divided by -1 does not fit (I3), and is no crash.
# IN A: int32[1] -2147483648
# IN B: int32[1] -1
# OUT R: -2147483648
# REPORT E-OVERFLOW 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), B: T.Buffer((1,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = A[i] // B[i]
