# an assertion (grid).
# IN A: int32[8] 1 2 3 4 5 6 7 8
# REPORT E-ASSERT 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i, j in T.grid(2, 4):
        assert A[i * 4 + j] < 8, "small"
