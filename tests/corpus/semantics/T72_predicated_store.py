# T72: lanes that are off write nothing and check nothing (V2).
# IN A: int32[4] 5 6 7 8
# OUT R: 0 0 0 0 5 6
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int32"), R: T.Buffer((6,), "int32")):
    for i in range(6):
        R[i] = 0
    R.vstore([T.Ramp(4, 1, 4)], A[T.Ramp(0, 1, 4)], predicate=T.Ramp(0, 1, 4) < T.Broadcast(2, 4))
