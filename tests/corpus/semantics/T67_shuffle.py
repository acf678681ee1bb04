# T67: Shuffle picks lanes by number (V1).
# IN A: int32[8] 10 11 12 13 14 15 16 17
# OUT R: 17 10 15 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((4,), "int32")):
    R[T.Ramp(0, 1, 4)] = T.Shuffle([A[T.Ramp(0, 1, 4)], A[T.Ramp(4, 1, 4)]], [7, 0, 5, 2])
