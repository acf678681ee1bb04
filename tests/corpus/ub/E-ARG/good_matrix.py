# The right shape.
# RUN: check interp diff
# IN A: int32[2,3] 1 2 3 4 5 6
# OUT R: 3 6
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 3), "int32"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        R[i] = A[i, 2]
