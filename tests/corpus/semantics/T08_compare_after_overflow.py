# T08: a + 1 > a is not folded away (I2).
# IN A: int32[1] 2147483647
# OUT R: 0
# REPORT E-OVERFLOW 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "int32"), R: T.Buffer((1,), "bool")):
    for i in range(1):
        R[i] = A[i] + 1 > A[i]
