# an assertion (kind).
# IN A: int32[8] 1 2 3 4 5 6 7 8
# REPORT E-ASSERT 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    assert A[7] < 8, ("ValueError", ["the last ", "is small"])
    R[0] = 1
