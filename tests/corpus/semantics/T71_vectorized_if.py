# T71: a branch in a vectorized loop masks lanes.
# IN A: int32[8] 0 1 2 3 4 5 6 7
# IN N: int32[1] 3
# OUT R: 0 1 2 -1 -1 -1 -1 -1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), N: T.Buffer((1,), "int32"), R: T.Buffer((8,), "int32")):
    for i in range(8):
        R[i] = -1
    for i in T.vectorized(8):
        if i < N[0]:
            R[i] = A[i]
