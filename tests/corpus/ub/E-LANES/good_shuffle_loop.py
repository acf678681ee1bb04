# Near miss: a vector store at T.Shuffle([T.Ramp(0, 1, 4)], [0, 3, 1, 2]).
# IN B: int32[8] 3 1 2 0 4 7 6 5
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for k in range(2):
        R[T.Shuffle([T.Ramp(0, 1, 4)], [0, 3, 1, 2])] = T.Broadcast(7, 4)
