# T65: a ramp may run backwards (V1).
# IN A: int32[8] 0 1 2 3 4 5 6 7
# OUT R: 7 6 5 4 3 2 1 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    R[T.Ramp(0, 1, 8)] = A[T.Ramp(7, -1, 8)]
