# T03: the smallest int64 divided by -1 does not fit (I3), and is no crash.
# IN A: int64[1] -9223372036854775808
# IN B: int64[1] -1
# OUT R: 0
# REPORT E-OVERFLOW 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int64"), B: T.Buffer((1,), "int64"), R: T.Buffer((1,), "int64")):
    for i in range(1):
        R[i] = A[i] % B[i]
