# an assertion (let).
# IN A: int32[8] 1 2 3 4 5 6 7 8
# REPORT E-ASSERT 11
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        x: T.let = A[i] * 2
        assert x < 8 * 2, "small"
        R[i] = x
