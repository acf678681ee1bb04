# Near miss: an assertion (after_write).
# IN A: int32[8] 1 2 3 4 5 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = A[i] + 1
    for i in range(8):
        assert R[i] < 9 + 1, "small"
