# Near miss: a vector store at T.min(T.Ramp(0, 1, 8), T.Broadcast(7, 8)).
# IN B: int32[8] 3 1 2 0 4 7 6 5
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    R[T.min(T.Ramp(0, 1, 8), T.Broadcast(7, 8))] = T.Broadcast(7, 8)
