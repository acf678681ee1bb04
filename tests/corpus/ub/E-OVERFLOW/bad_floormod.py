# The remainder is 0, but the quotient does not fit.
# RUN: check interp
# IN A: int64[1] -9223372036854775808
# IN B: int64[1] -1
# REPORT E-OVERFLOW 11:12-23
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int64"), B: T.Buffer((1,), "int64"), R: T.Buffer((1,), "int64")):
    R[0] = A[0] % B[0]
