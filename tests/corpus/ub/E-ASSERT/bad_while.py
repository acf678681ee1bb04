# an assertion (while).
# IN A: int32[8] 1 2 3 4 5 6 7 8
# REPORT E-ASSERT 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        assert A[n[0]] < 8, "small"
        n[0] = n[0] + 1
