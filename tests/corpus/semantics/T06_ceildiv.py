# T06: ceildiv follows from floordiv (I3).
# IN A: int32[3] 7 -7 7
# IN B: int32[3] 2 2 -2
# OUT R: 4 -3 -3
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((3,), "int32"), B: T.Buffer((3,), "int32"), R: T.Buffer((3,), "int32")):
    for i in range(3):
        R[i] = T.ceildiv(A[i], B[i])
